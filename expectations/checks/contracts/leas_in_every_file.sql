-- class: fault
-- table: evidence
-- sentence: In a file of an indicator for all LEAs, at most {leas_missing_share%} percent of the year's districts and
--   county offices in its counties have no row.
-- reason: A file that was cut off or lacks a county looks like many districts without results.
with expected as (
    select f.source_id, f.file, f.dashboard_year, y.cds
    from source_files f
    join ref_indicators i on i.indicator = f.indicator and i.reported_for = 'all'
    join source_coverage v on v.source_id = f.source_id
    join lea_years y on y.dashboard_year = f.dashboard_year and y.in_files and y.lea_type <> 'charter'
        and (v.statewide or list_contains(v.counties, y.county_code))
    where f.layout = 'dashboard'
),
of_the_year as (
    select dashboard_year, list(source_id order by source_id) as other_source_ids
    from source_files where layout in ('dashboard', 'assistance') group by all
),
found as (
    select distinct source_id, cds from indicator_results where record_type = 'D'
)
select
    e.source_id,
    e.file,
    count(*) as leas_of_the_year,
    count(*) filter (f.cds is null) as without_rows,
    list(e.cds order by e.cds) filter (f.cds is null)[1:10] as first_of_them,
    any_value(y.other_source_ids) as other_source_ids
from expected e
join of_the_year y using (dashboard_year)
left join found f on f.source_id = e.source_id and f.cds = e.cds
group by e.source_id, e.file
having count(*) filter (f.cds is null) > threshold(leas_missing_share) * count(*)
