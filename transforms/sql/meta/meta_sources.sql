-- Grain: one source file of the catalog, at hand or not.
-- Key: source_id.
-- Inputs: catalog, source_files, rejects, dashboard_rows, assistance_cells, local_rows.
-- Oddities: rows_rejected counts rows, not reasons.
with rejected as (
    select source_id, count(distinct line) as rows_rejected from rejects group by source_id
)
select
    c.source_id, c.title, f.source_id is not null as present, f.file, f.sha256, f.size, f.first_seen,
    c.dashboard_year::smallint as dashboard_year, c.layout, c.indicator,
    f.rows_in, f.rows_in - coalesce(r.rows_rejected, 0) as rows_kept,
    if(f.source_id is null, null, coalesce(r.rows_rejected, 0)) as rows_rejected,
    f.encoding, f.sheet, f.missing_columns, f.extra_columns, f.notes, nullif(c.url, '') as url, c.landing_page
from catalog c
left join source_files f using (source_id)
left join rejected r using (source_id)
