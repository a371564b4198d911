-- Grain: LEA x Dashboard year x student group x state priority: met if any of its criteria is met, null if none is met
--        and one is unknown.
-- Key: cds, dashboard_year, student_group, priority.
-- Inputs: criterion_results.
-- Oddities: English language arts and mathematics are one priority (4); two criteria of one priority count once.
select
    cds,
    dashboard_year,
    student_group,
    priority,
    case when bool_or(met is true) then true when bool_or(met is null) then null else false end as met
from criterion_results
group by cds, dashboard_year, student_group, priority
