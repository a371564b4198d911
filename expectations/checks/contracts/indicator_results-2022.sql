-- class: unusual
-- table: indicator_results
-- sentence: Rows of 2022 have a status level, but no color and no change.
-- reason: The 2022 Dashboard had no prior year to compare with, and the rules of 2022 use only the status level.
select dashboard_year, indicator, cds, student_group, source_id, source_line, status_level, change_level, color
from indicator_results
where dashboard_year = 2022
    and (
        color <> 0 or change_level <> 0
            or (status_level is null and indicator in ('ela', 'math', 'chronic', 'susp', 'grad', 'elpi'))
    )
order by all
