-- class: fault
-- table: indicator_results
-- sentence: In every statewide file, rows with a better status level have a better status on average.
-- reason: Levels that are shifted, reversed or taken from another column no longer follow the values next to them.
with levels as (
    select r.source_id, r.indicator, r.status_level, avg(r.current_status) as mean_status, count(*) as row_count
    from indicator_results r
    join source_coverage v on v.source_id = r.source_id and v.statewide
    where r.record_type = 'D' and r.status_level between 1 and 5 and r.current_status is not null
    group by all
    having count(*) >= threshold(rows_for_a_mean)
),
with_next as (
    select
        l.*,
        i.better,
        lead(status_level) over (partition by source_id order by status_level) as next_level,
        lead(mean_status) over (partition by source_id order by status_level) as next_mean
    from levels l
    join ref_indicators i using (indicator)
)
select
    b.source_id,
    f.file,
    b.status_level,
    round(b.mean_status, 1) as mean_status,
    b.next_level,
    round(b.next_mean, 1) as next_mean,
    b.better as better_is
from with_next b
join source_files f using (source_id)
where (b.better = 'up' and b.next_mean < b.mean_status) or (b.better = 'down' and b.next_mean > b.mean_status)
order by all
