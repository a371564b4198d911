-- class: unusual
-- table: indicator_results
-- sentence: Rows of 2022 have no color and no change, and a status level.
-- reason: The Dashboard of 2022 had no prior year to compare with, and the rules of 2022 look at nothing but the status
--   level.
select dashboard_year, indicator, cds, student_group, source_id, source_line, status_level, change_level, color
from indicator_results
where dashboard_year = 2022
    and (
        color <> 0 or change_level <> 0
            or (status_level is null and indicator in ('ela', 'math', 'chronic', 'susp', 'grad', 'elpi'))
    )
order by all
