-- class: fault
-- table: indicator_results
-- sentence: The prior statuses of a file do not match another year's file better than last year's file, by
--   {prior_better_by%} percentage points or more.
-- reason: They match another year's file if two years were exchanged, or if last year's file has this year's name. CDE
--   recalculates prior statuses, so a difference alone is not a fault.
with compared as (
    select
        n.source_id,
        o.source_id as other_source_id,
        n.dashboard_year - o.dashboard_year as years_back,
        count(*) as row_count,
        count(*) filter (abs(n.prior_status - o.current_status) < threshold(same_status_within)) as same
    from indicator_results n
    join indicator_results o
        on o.cds = n.cds and o.indicator = n.indicator and o.student_group = n.student_group
        and o.dashboard_year <> n.dashboard_year
        and o.record_type = 'D' and o.current_status is not null
    join dashboard_scales s on s.indicator = n.indicator and s.dashboard_year = n.dashboard_year
    join dashboard_scales z on z.indicator = o.indicator and z.dashboard_year = o.dashboard_year and z.scale = s.scale
    where n.record_type = 'D' and n.prior_status is not null
    group by all
),
shares as (
    select *, same / row_count as share_same from compared where row_count >= threshold(rows_for_a_share)
)
select
    o.source_id,
    f.file,
    o.other_source_id,
    o.row_count as rows_in_other_year,
    round(o.share_same, 3) as share_same_in_other_year,
    l.other_source_id as prior_source_id,
    l.row_count as rows_in_last_year,
    round(l.share_same, 3) as share_same_in_last_year
from shares o
join shares l on l.source_id = o.source_id and l.years_back = 1
join source_files f on f.source_id = o.source_id
where o.years_back <> 1 and o.share_same - l.share_same >= threshold(prior_better_by)
order by all
