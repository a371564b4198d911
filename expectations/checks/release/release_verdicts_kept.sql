-- class: fault
-- table: eligibility
-- sentence: Of the LEAs of both releases, at most two percent (and ten) have another status in a determination year that was decided before.
-- reason: What was decided changes by corrections and records, case by case. LEAs about whom nothing was known before are left aside.
select n.determination_year, n.pathway, count(*) as leas_in_both, count(*) filter (n.status <> b.status) as that_differ,
    count(*) filter (n.status = 'eligible' and b.status <> 'eligible') as now_eligible,
    count(*) filter (n.status <> 'eligible' and b.status = 'eligible') as no_longer_eligible
from eligibility n
join before.eligibility b using (cds, determination_year, pathway)
where b.status in ('eligible', 'not_eligible')
group by n.determination_year, n.pathway
having count(*) filter (n.status <> b.status) > greatest(10, 0.02 * count(*))
order by all
