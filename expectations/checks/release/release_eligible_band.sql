-- class: fault
-- table: eligibility
-- sentence: Of the LEAs of both releases, the number that is eligible in a year that was decided before changes by data
--   by at most {eligible_differ_share%} percent (and {eligible_differ}).
-- reason: The few who are eligible can change without showing in a share of all. What new rules or code change is in
--   meta_release_changes, and does not count.
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
