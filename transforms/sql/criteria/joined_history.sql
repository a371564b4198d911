-- Grain: LEA x Dashboard year before its code began x student group.
-- Key: cds, dashboard_year, student_group.
-- Inputs: predecessor_groups, student_group_history.
-- Rule: the group's result if the histories of both codes were joined: met if it is met under either code; otherwise
--       unknown if it is unknown under either code.
select
    g.cds,
    g.dashboard_year,
    g.student_group,
    case
        when h.meets_criteria or bool_or(g.meets_criteria) then true
        when h.meets_criteria is null or bool_or(g.meets_criteria is null) then null
        else false
    end as meets_criteria
from predecessor_groups g
join student_group_history h using (cds, dashboard_year, student_group)
group by g.cds, g.dashboard_year, g.student_group, h.meets_criteria
