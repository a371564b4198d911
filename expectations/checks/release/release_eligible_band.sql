-- class: fault
-- table: eligibility
-- sentence: Of the LEAs of both releases, the number that is eligible in a year that was decided before is within a quarter (and five) of what it was.
-- reason: The few who are eligible can change without showing in a share of all.
select n.determination_year, n.pathway, count(*) filter (b.status = 'eligible') as eligible_before, count(*) filter (n.status = 'eligible') as eligible_now
from eligibility n
join before.eligibility b using (cds, determination_year, pathway)
where b.status in ('eligible', 'not_eligible')
group by n.determination_year, n.pathway
having abs(count(*) filter (n.status = 'eligible') - count(*) filter (b.status = 'eligible')) > greatest(5, 0.25 * count(*) filter (b.status = 'eligible'))
order by all
