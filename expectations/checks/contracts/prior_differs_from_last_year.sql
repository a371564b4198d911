-- class: unusual
-- table: indicator_results
-- sentence: In at least {prior_same_share%} percent of the rows of a file, the prior status equals the status in last
--   year's file.
-- reason: CDE recalculates some prior statuses, as in graduation of 2018. If many differ for no known reason, one of
--   the two files may be another edition.
with compared as (
    select
        n.source_id,
        o.source_id as prior_source_id,
        count(*) as row_count,
        count(*) filter (abs(n.prior_status - o.current_status) < threshold(same_status_within)) as same
    from indicator_results n
    join indicator_results o
        on o.cds = n.cds and o.indicator = n.indicator and o.student_group = n.student_group
            and o.dashboard_year = n.dashboard_year - 1 and o.record_type = 'D'
    anti join (from dashboard_scales where begins) s on s.indicator = n.indicator
        and s.dashboard_year = n.dashboard_year
    where n.record_type = 'D' and n.prior_status is not null and o.current_status is not null
    group by all
)
select c.source_id, f.file, c.prior_source_id, c.row_count, c.same
from compared c
join source_files f using (source_id)
where c.row_count >= threshold(rows_for_a_share) and c.same < threshold(prior_same_share) * c.row_count
order by all
