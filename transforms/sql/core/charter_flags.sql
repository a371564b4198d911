-- Grain: charter school x Dashboard year of the workbook x flag, as CDE printed it.
-- Key: cds, dashboard_year, flag.
-- Inputs: charter_cells.
select
    c.cds,
    c.dashboard_year,
    case c.family
        when 'assistance_status' then 'assistance_status_' || coalesce('20' || c.part, c.dashboard_year::varchar)
        when 'met_method' then 'met_' || c.part
        else c.family
    end as flag,
    c.value,
    c.source_id,
    c.line::integer as source_line,
    c.heading as source_column
from charter_cells c
where c.family in ('ec47607', 'met_method', 'assistance_status', 'total_student_groups')
    and c.row_is_sound
