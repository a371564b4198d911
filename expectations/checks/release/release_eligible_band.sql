-- class: fault
-- table: eligibility
-- sentence: Among the LEAs of both releases, data change the number of eligible LEAs of a year decided before by at
--   most {eligible_differ_share%} percent, or {eligible_differ} if that is more.
-- reason: Few LEAs are eligible, so their changes do not show in a share of all LEAs. Changes by new rules or code are
--   in meta_release_changes and do not count.
with by_data as (
    select cds, determination_year, pathway from meta_release_changes where attributed_to = 'data'
),
counted as (
    select
        n.determination_year,
        n.pathway,
        count(*) filter (b.status = 'eligible') as eligible_before,
        count(*) filter (n.status = 'eligible') - count(*) filter (
            b.status = 'eligible'
        ) as more_by_rules_code_and_data,
        count(*) filter (n.status = 'eligible' and d.cds is not null) - count(*) filter (
            b.status = 'eligible' and d.cds is not null
        ) as more_by_data
    from eligibility n
    join before.eligibility b using (cds, determination_year, pathway)
    left join by_data d using (cds, determination_year, pathway)
    where b.status in ('eligible', 'not_eligible')
    group by n.determination_year, n.pathway
)
select * from counted
where abs(more_by_data) > greatest(threshold(eligible_differ), threshold(eligible_differ_share) * eligible_before)
order by all
