-- Grain: one source file of the catalog, loaded or not.
-- Key: source_id.
-- Inputs: catalog, source_files, source_rows, rejects, source_freshness, source_changes, source_coverage,
--         ref_counties.
-- Oddities: rows_rejected counts rows, not reasons. If files come from a folder, nothing is known about newer ones, and
--           the check_ columns are null. Rows added, removed and altered are counted against the file of the release
--           before; they are null if that file is the same or there was none. A file is an excerpt if CDE publishes its
--           layout for the whole state and the file has the rows of only some counties.
with rejected as (
    select source_id, count(distinct line) as rows_rejected from rejects group by source_id
),
changed as (
    select
        source_id,
        any_value(previous_sha256) as previous_sha256,
        count(*) filter (kind = 'added') as rows_added,
        count(*) filter (kind = 'removed') as rows_removed,
        count(*) filter (kind = 'altered') as rows_altered
    from source_changes group by source_id
),
excerpts as (
    select
        f.source_id,
        string_agg(n.county, ', ' order by n.county) || if(count(*) = 1, ' County', ' Counties') as counties
    from source_files f
    join source_coverage v using (source_id)
    cross join unnest(v.counties) as c(county_code)
    join ref_counties n using (county_code)
    where not v.statewide
        and f.layout in ('dashboard', 'assistance', 'local_indicators', 'local_indicators_by_priority')
    group by f.source_id
)
select
    c.source_id,
    c.title,
    f.source_id is not null as present,
    f.file,
    f.sha256,
    f.size,
    f.first_seen::date as first_seen,
    c.dashboard_year::smallint as dashboard_year,
    c.layout,
    c.indicator,
    f.rows_in,
    k.rows_kept,
    if(f.source_id is null, null, coalesce(r.rows_rejected, 0)) as rows_rejected,
    f.encoding,
    f.sheet,
    f.missing_columns,
    f.extra_columns,
    f.warnings || f.notes as notes,
    nullif(c.url, '') as url,
    c.landing_page,
    if(e.source_id is null, null, note_excerpt(e.counties)) as excerpt,
    n.origin,
    try_cast(n.accepted_at as timestamptz) as accepted_at,
    try_cast(n.checked_at as timestamptz) as checked_at,
    n.check_outcome,
    n.check_message,
    c.changes_expected,
    nullif(c.may_be_missing, '') as may_be_missing,
    c.due::date as due,
    h.previous_sha256,
    h.rows_added,
    h.rows_removed,
    h.rows_altered
from catalog c
left join source_files f using (source_id)
left join source_rows k using (source_id)
left join rejected r using (source_id)
left join source_freshness n using (source_id)
left join changed h using (source_id)
left join excerpts e using (source_id)
