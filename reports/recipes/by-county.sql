-- title: By county
-- question: How many LEAs have each status, by county and pathway?
-- param: year = null -- determination year; the latest if not given
select
    e.county,
    p.name as pathway,
    count(*) filter (e.status = 'eligible') as eligible,
    count(*) filter (e.status = 'undetermined') as not_determined,
    count(*) filter (e.status = 'not_eligible') as not_eligible,
    count(*) filter (e.status in ('not_assessed', 'not_applicable')) as not_assessed
from eligibility e
join pathways p using (pathway)
where e.determination_year = coalesce($year::smallint, (
    select determination_year from eligibility
    order by pathway = 'continuum' and status in ('eligible', 'not_eligible') desc, determination_year desc limit 1
)) and p.decided = 'computed'
group by e.county, p.name, p.position
order by e.county, p.position
