-- title: By Geographic Lead
-- question: How many LEAs of each Geographic Lead area are eligible, or not determined?
-- param: year = null -- determination year; the latest if not given
with areas as (
    select distinct g.county_code, g.geo_area
    from geo_leads g cross join meta_release r
    where coalesce(g.valid_from, r.as_of) <= r.as_of and coalesce(g.valid_to, r.as_of) >= r.as_of
)
select a.geo_area, count(distinct e.cds) as leas,
    count(distinct e.cds) filter (e.status = 'eligible') as eligible,
    count(distinct e.cds) filter (e.status = 'eligible' and e.pathway = 'continuum') as eligible_continuum,
    count(distinct e.cds) filter (e.status = 'eligible' and e.pathway = 'wraparound') as eligible_wraparound,
    count(distinct e.cds) filter (e.status = 'undetermined') as cannot_tell
from eligibility e
left join areas a using (county_code)
where e.determination_year = coalesce($year::smallint, (
    select determination_year from eligibility
    order by pathway = 'continuum' and status in ('eligible', 'not_eligible') desc, determination_year desc limit 1
))
group by all
order by eligible desc, a.geo_area
