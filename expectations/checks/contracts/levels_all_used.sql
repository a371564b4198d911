-- class: fault
-- table: indicator_results
-- sentence: Every statewide file gives each level from 1 to 5 that the rules use to at least one district or county
--   office.
-- reason: If nobody has a level, the scale is shifted or the column is not filled.
with looked_at as (
    select distinct dashboard_year, indicator, measure from rule_conditions
),
given as (
    select r.source_id, l.measure, if(l.measure = 'color', r.color, r.status_level) as level, count(*) as row_count
    from indicator_results r
    join looked_at l on l.dashboard_year = r.dashboard_year and l.indicator = r.indicator
    where r.record_type = 'D'
    group by all
)
select f.source_id, f.file, l.measure, n.level as level_of_nobody
from source_files f
join source_coverage v on v.source_id = f.source_id and v.statewide
join looked_at l on l.dashboard_year = f.dashboard_year and l.indicator = f.indicator
cross join unnest([1, 2, 3, 4, 5]) as n(level)
left join given g on g.source_id = f.source_id and g.measure = l.measure and g.level = n.level
where f.layout = 'dashboard' and g.level is null
    and (select coalesce(sum(row_count), 0) from given t where t.source_id = f.source_id) >= threshold(rows_for_levels)
order by all
