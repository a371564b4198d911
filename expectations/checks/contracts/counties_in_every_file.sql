-- class: fault
-- table: indicator_results
-- sentence: Every statewide file of an indicator for all LEAs has rows for each county that is in another such file, of
--   any year.
-- reason: A missing county looks like districts without results. A small county has too few rows to affect a
--   percentage.
with everywhere as (
    select f.source_id, f.file
    from source_files f
    join ref_indicators i on i.indicator = f.indicator and i.reported_for = 'all'
    join source_coverage v on v.source_id = f.source_id and v.statewide
    where f.layout = 'dashboard'
),
known as (
    select c.county_code, list(e.source_id order by e.source_id) as other_source_ids
    from everywhere e
    join source_coverage v on v.source_id = e.source_id
    cross join unnest(v.counties) as c(county_code)
    group by c.county_code
)
select e.source_id, e.file, c.county_code, n.county, c.other_source_ids
from everywhere e
cross join known c
join source_coverage v on v.source_id = e.source_id
left join ref_counties n on n.county_code = c.county_code
where not list_contains(v.counties, c.county_code)
order by all
