-- Grain: LEA (including charter schools from 2023 on) x Dashboard year x local priority.
-- Key: cds, dashboard_year, priority.
-- Inputs: local_rows.
select
    cds,
    dashboard_year,
    try_cast(priority_text as tinyint) as priority,
    lea_name,
    performance,
    source_id,
    line::integer as source_line
from local_rows
where len(problems) = 0
