-- Grain: LEA x Dashboard year x student group x condition of a criterion; met is null if it is not known.
-- Key: cds, dashboard_year, student_group, criterion, position.
-- Inputs: evidence_cells, rule_criterion_groups, rule_conditions.
select
    e.cds,
    e.dashboard_year,
    e.student_group,
    c.criterion,
    c.priority,
    c.position,
    c.indicator,
    case e.finding
        when 'unknown' then null
        when 'result' then list_contains(c.levels, e.level)
        else false
    end as met
from evidence_cells e
join rule_criterion_groups g on g.dashboard_year = e.dashboard_year and g.student_group = e.student_group
join rule_conditions c on c.criterion = g.criterion and c.indicator = e.indicator
