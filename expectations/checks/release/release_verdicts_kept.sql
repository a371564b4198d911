-- class: fault
-- table: eligibility
-- sentence: In each pathway and year that was decided before, data change the status of at most
--   {verdicts_differ_share%} percent of the LEAs of both releases, or {verdicts_differ} if that is more.
-- reason: Data change decided verdicts case by case, by corrections and records. LEAs that were not decided before, and
--   changes by new rules or code, do not count.
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
