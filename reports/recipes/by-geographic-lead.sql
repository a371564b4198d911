-- title: By Geographic Lead
-- question: How many LEAs of each Geographic Lead area are eligible, and how many are not determined?
-- param: year = null -- determination year; the latest if not given
with areas as (
    select county_code, min(geo_area) as geo_area from geo_leads group by county_code
),
per_lea as (
    select
        county_code,
        cds,
        bool_or(status = 'eligible') as is_eligible,
        bool_or(status = 'undetermined') as is_undetermined,
        bool_or(status = 'eligible' and pathway = 'continuum') as by_continuum,
        bool_or(status = 'eligible' and pathway = 'wraparound') as by_wraparound
    from eligibility
    where determination_year = coalesce($year::smallint, (
        select determination_year from eligibility
        order by pathway = 'continuum' and status in ('eligible', 'not_eligible') desc, determination_year desc limit 1
    ))
    group by county_code, cds
)
select
    a.geo_area,
    count(p.cds) as leas,
    count(*) filter (p.is_eligible) as eligible,
    count(*) filter (p.by_continuum) as eligible_continuum,
    count(*) filter (p.by_wraparound) as eligible_wraparound,
    count(*) filter (p.is_undetermined) as not_determined
from areas a
left join per_lea p using (county_code)
group by a.geo_area
order by eligible desc, a.geo_area
