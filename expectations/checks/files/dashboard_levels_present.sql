-- class: fault
-- table: indicator_results
-- sentence: At least {file_rows_sound_share%} percent of the rows of a Dashboard file have the level that the rules of
--   its year use, or fewer than {file_rows_unsound} rows lack it.
-- reason: The rules use this level, and CDE writes 0 where there is none.
with measured as (
    select distinct dashboard_year, indicator, measure from rule_conditions
),

rows_looked_at as (
    select i.*, m.measure, if(m.measure = 'color', i.color, i.status_level) is null as is_blank
    from indicator_results i
    join measured m using (dashboard_year, indicator)
)

select source_id, source_line, cds, student_group, measure
from rows_looked_at
where is_blank
qualify count(*) over (partition by source_id, measure) >= threshold(file_rows_unsound)
    and count(*) over (partition by source_id, measure) > (1 - threshold(file_rows_sound_share)) * (
        select f.rows_in from source_files f where f.source_id = rows_looked_at.source_id
    )
order by source_id, source_line
