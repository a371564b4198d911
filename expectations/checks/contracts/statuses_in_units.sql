-- class: fault
-- table: indicator_results
-- sentence: At most {statuses_in_units_share%} percent of the rows of a file have a rate outside 0 to 100, or points
--   more than {points_within} from standard.
-- reason: Many such values come from another column. A few of them are only a warning.
with counted as (
    select
        r.source_id,
        count(*) as row_count,
        count(*) filter (
            if(
                s.unit = 'points from standard', abs(r.current_status) > threshold(points_within),
                r.current_status not between 0 and 100
            )
        ) as that_are_outside
    from indicator_results r
    join dashboard_scales s using (indicator, dashboard_year)
    where r.current_status is not null and (s.unit = 'points from standard' or s.unit like 'percent%')
    group by r.source_id
)
select c.source_id, f.file, c.row_count, c.that_are_outside
from counted c
join source_files f using (source_id)
where c.row_count >= threshold(rows_for_a_share)
    and c.that_are_outside > threshold(statuses_in_units_share) * c.row_count
order by all
