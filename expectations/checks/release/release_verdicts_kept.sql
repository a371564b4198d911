-- class: fault
-- table: eligibility
-- sentence: Of the LEAs of both releases, data give at most {verdicts_differ_share%} percent (and {verdicts_differ})
--   another status in a determination year that was decided before.
-- reason: Data change what was decided by corrections and records, case by case. LEAs about which nothing was known
--   before, and what new rules or code change, do not count.
with by_data as (
    select cds, determination_year, pathway
    from meta_release_changes where attributed_to = 'data' and status_before <> status_after
)
select
    n.determination_year,
    n.pathway,
    count(*) as leas_in_both,
    count(d.cds) as that_differ_by_data,
    count(*) filter (d.cds is not null and n.status = 'eligible') as now_eligible,
    count(*) filter (d.cds is not null and b.status = 'eligible') as no_longer_eligible
from eligibility n
join before.eligibility b using (cds, determination_year, pathway)
left join by_data d using (cds, determination_year, pathway)
where b.status in ('eligible', 'not_eligible')
group by n.determination_year, n.pathway
having count(d.cds) > greatest(threshold(verdicts_differ), threshold(verdicts_differ_share) * count(*))
order by all
