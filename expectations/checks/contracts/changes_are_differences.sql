-- class: fault
-- table: indicator_results
-- sentence: In at least {changes_add_up_share%} percent of the rows of a file, the change is the difference of the two
--   statuses.
-- reason: Exchanged or shifted columns do not add up.
with counted as (
    select
        source_id,
        count(*) as row_count,
        count(*) filter (abs(change - (current_status - prior_status)) < threshold(change_within)) as that_add_up
    from indicator_results
    anti join (from dashboard_scales where begins) using (indicator, dashboard_year)
    where record_type = 'D' and change_level > 0 and change is not null and current_status is not null
        and prior_status is not null
    group by source_id
)
select c.source_id, f.file, c.row_count, c.that_add_up
from counted c
join source_files f using (source_id)
where c.row_count >= threshold(rows_for_a_share) and c.that_add_up < threshold(changes_add_up_share) * c.row_count
order by all
