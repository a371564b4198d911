-- Grain: LEA x Dashboard year listed in an assistance workbook.
-- Key: cds, dashboard_year.
-- Inputs: assistance_cells, assistance_rows_rejected.
select
    c.cds,
    c.dashboard_year,
    max(c.value) filter (c.family = 'name') as lea_name,
    max(c.value) filter (c.family = 'city') as city,
    max(c.value) filter (c.family = 'county') as county_name,
    max(c.value) filter (c.family = 'grades_offered') as grades_offered,
    any_value(c.source_id) as source_id,
    any_value(c.line)::integer as source_line
from assistance_cells c
anti join assistance_rows_rejected x on x.source_id = c.source_id and x.line = c.line
group by c.cds, c.dashboard_year
