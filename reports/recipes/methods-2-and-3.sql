-- title: Methods 2 and 3
-- question: Which LEAs failed local indicators (Methods 2 and 3 of assistance), and where does CDE differ?
-- param: year = null -- determination year; the latest if not given
select
    l.county,
    l.lea_name,
    m.cds,
    m.method,
    m.met,
    m.ours,
    m.cde_flag,
    m.basis,
    m.local_priorities_failed,
    m.local_priorities_unknown
from assistance_methods m
join leas l using (cds)
where m.method in (2, 3) and m.determination_year = coalesce($year::smallint, (
    select determination_year from eligibility
    order by pathway = 'continuum' and status in ('eligible', 'not_eligible') desc, determination_year desc limit 1
))
order by m.met desc nulls last, l.county, l.lea_name, m.cds, m.method
