-- class: fault
-- table: indicator_results
-- sentence: At least {status_only_share%} percent of the rows of a 2022 file have a status level, no color and no
--   change level.
-- reason: The 2022 Dashboard had no prior year to compare with. Colors and changes in its files would be from another
--   year.
with counted as (
    select
        source_id,
        count(*) as row_count,
        count(*) filter (
            coalesce(color, 0) = 0 and coalesce(change_level, 0) = 0
                and (status_level is not null or indicator in ('cci', 'science'))
        ) as with_status_only
    from indicator_results
    where dashboard_year = 2022
    group by source_id
)
select c.source_id, f.file, c.row_count, c.with_status_only
from counted c
join source_files f using (source_id)
where c.row_count >= threshold(rows_for_a_share) and c.with_status_only < threshold(status_only_share) * c.row_count
order by all
