-- Grain: LEA x Dashboard year x student group x criterion: met if all its conditions are met, null if one is unknown
--        and none fails.
-- Key: cds, dashboard_year, student_group, criterion.
-- Inputs: condition_results.
select
    cds,
    dashboard_year,
    student_group,
    criterion,
    any_value(priority) as priority,
    case when bool_or(met is false) then false when bool_or(met is null) then null else true end as met
from condition_results
group by cds, dashboard_year, student_group, criterion
