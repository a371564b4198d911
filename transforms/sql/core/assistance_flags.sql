-- Grain: LEA x Dashboard year of the workbook x flag, as CDE printed it.
-- Key: cds, dashboard_year, flag.
-- Inputs: assistance_cells, assistance_rows_rejected.
-- Oddities: a workbook repeats the statuses of earlier years, and the flag then includes that year
--           (assistance_status_2019). A repeated EC 52072 or EC 52071(f) would include it too (ec52072_2025), and
--           decides nothing. The only status of 2017 has a heading without a year.
select
    c.cds,
    c.dashboard_year,
    case
        when c.family in ('ec52072', 'ec52071f') and c.part <> right(c.dashboard_year::varchar, 2)
            then c.family || '_20' || c.part
        when c.family = 'met_method' then 'met_method_' || c.part
        when c.family = 'assistance_status'
            then 'assistance_status_' || coalesce('20' || c.part, c.dashboard_year::varchar)
        else c.family
    end as flag,
    c.value,
    c.source_id,
    c.line::integer as source_line,
    c.heading as source_column
from assistance_cells c
anti join assistance_rows_rejected x on x.source_id = c.source_id and x.line = c.line
where c.family in ('ec52072', 'ec52071f', 'met_method', 'assistance_status', 'total_student_groups')
