-- Grain: LEA x Dashboard year x student group x reason for which CDE lists it: an indicator at its worst level, or a
--        goal under EC 52064(e)(5).
-- Key: cds, dashboard_year, student_group, listed_for.
-- Inputs: low_performing_rows, lcap_goal_rows.
select cds, dashboard_year, student_group, 'red:' || i.indicator as listed_for, source_id, line::integer as source_line
from low_performing_rows
cross join unnest(indicators) as i(indicator)
where len(problems) = 0
union all
select cds, dashboard_year, g.student_group, 'ec52064e5', source_id, line::integer
from lcap_goal_rows
cross join unnest(student_groups) as g(student_group)
where len(problems) = 0
