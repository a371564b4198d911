-- Grain: one line of a list of interim certifications: an LEA with a negative or qualified certification.
-- Key: source_id, line.
-- Inputs: raw_interim_certifications, interim_sources, leas.
-- Oddities: the lists have no CDS codes, so lines are matched by county and name. If no LEA matches, or more than one
--           does, cds is null. Names have footnote marks such as '*'. Joint powers agencies, and pairs of districts on
--           one budget line, match nothing. The lists are never a trigger.
with listed as (
    select
        r.source_id,
        r.line::integer as source_line,
        split_part(s.edition, ' ', 1) as fiscal_year,
        split_part(s.edition, ' ', 2) as period,
        blank(r.certification) as certification,
        blank(regexp_replace(r.county, '[*†‡]+', '', 'g')) as county,
        blank(r.lea) as lea_as_listed,
        blank(r.total_budget) as total_budget_text
    from raw_interim_certifications r
    join interim_sources s using (source_id)
),
keyed as (
    select *, match_name(lea_as_listed) as name_key, lower(county) as county_key from listed
),
known as (
    select cds, lea_name, lower(county) as county_key, match_name(lea_name) as name_key
    from leas where lea_type in ('district', 'county_office')
),
matched as (
    select k.source_id, k.source_line, list(n.cds order by n.cds) filter (n.cds is not null) as found
    from keyed k
    left join known n using (county_key, name_key)
    group by all
)
select
    k.source_id,
    k.source_line,
    k.fiscal_year,
    k.period,
    k.certification,
    k.county,
    k.lea_as_listed,
    try_cast(regexp_replace(k.total_budget_text, '[$, ]|million', '', 'g') as double) as total_budget_millions,
    k.total_budget_text,
    if(len(m.found) = 1, m.found[1], null) as cds,
    case
        when coalesce(len(m.found), 0) = 0 then 'unmatched'
        when len(m.found) = 1 then 'matched'
        else 'ambiguous'
    end as match
from keyed k
join matched m using (source_id, source_line)
