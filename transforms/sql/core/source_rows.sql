-- Grain: one source file, with the number of its rows that became rows of a typed table.
-- Key: source_id.
-- Inputs: source_files, indicator_result_parts, assistance_cells, assistance_rows_rejected, charter_cells,
--         local_indicators, directory_rows, interim_certifications, low_performing_rows, lcap_goal_rows.
-- Oddities: workbooks are read cell by cell, so their rows are counted by line. The directory table shows one edition;
--           the counts here cover each edition.
with kept as (
    select source_id, rows as n from indicator_result_parts
    union all
    select c.source_id, count(distinct c.line)
    from assistance_cells c anti join assistance_rows_rejected x using (source_id, line) group by c.source_id
    union all
    select source_id, count(distinct line) from charter_cells where row_is_sound group by source_id
    union all
    select source_id, count(*) from local_indicators group by source_id
    union all
    select source_id, count(*) from directory_rows where len(problems) = 0 group by source_id
    union all
    select source_id, count(*) from low_performing_rows where len(problems) = 0 group by source_id
    union all
    select source_id, count(*) from lcap_goal_rows where len(problems) = 0 group by source_id
    union all
    select source_id, count(*) from interim_certifications group by source_id
)
select f.source_id, coalesce(sum(k.n), 0)::bigint as rows_kept
from source_files f
left join kept k using (source_id)
group by f.source_id
