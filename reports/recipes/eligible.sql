-- title: Who is eligible
-- question: Which LEAs meet the published criteria, by which pathway, and why?
-- param: year = null -- determination year; the latest if not given
select county, lea_name, cds, lea_type, pathways, reasons
from eligible_districts
where determination_year = coalesce($year::smallint, (
    select determination_year from eligibility
    order by pathway = 'continuum' and status in ('eligible', 'not_eligible') desc, determination_year desc limit 1
))
order by county, lea_name, cds
