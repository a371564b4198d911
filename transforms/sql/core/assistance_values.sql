-- Grain: one cell of a CDE assistance workbook, as it is read.
-- Key: source_id, line, heading.
-- Inputs: raw_assistance, source_files, ref_priority_letters, ref_assistance_statuses, rule_sets.
-- Oddities: a letter column is named after its student group; 2017 uses MR and later years use TOM for the same group.
--           If the criteria of a year are not confirmed, unknown letters and statuses are left blank and reported
--           (unknown_value).
with trimmed as (
    select
        f.source_id,
        f.dashboard_year,
        r.line,
        blank(r.cds) as cds,
        r.heading,
        family_of(r.field) as family,
        part_of(r.field) as served_part,
        blank(r.value) as served,
        trim(r.value) = '' as is_empty,
        s.not_confirmed is null as is_confirmed
    from raw_assistance r
    join source_files f using (source_id)
    left join rule_sets s using (dashboard_year)
),
known as (
    select
        t.*,
        s.status,
        s.status is not null as status_is_known,
        s.differentiated = 'Y' as is_differentiated,
        not is_confirmed and t.served is not null and coalesce(
            t.family = 'assistance_status' and s.status is null
                or t.family = 'letter' and upper(t.served) not in (select letter from ref_priority_letters), false
        ) as is_unknown
    from trimmed t
    left join ref_assistance_statuses s on t.family = 'assistance_status'
        and lower(s.status) = lower(squeezed(t.served))
)
select
    * exclude (served, served_part, status, is_unknown),
    if(family = 'letter', canonical_group(upper(served_part)), served_part) as part,
    case
        when is_unknown then null
        when family in ('letter', 'ec52072', 'ec52071f', 'met_method') then upper(served)
        when family = 'assistance_status' then coalesce(status, served)
        else served
    end as value,
    if(is_unknown, served, null) as unknown_value,
    family = 'assistance_status'
        and coalesce('20' || served_part, dashboard_year::varchar) = dashboard_year::varchar as is_own_status
from known
