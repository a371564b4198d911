-- Grain: district or county office x assistance year that uses local indicators: which local priorities failed.
-- Key: cds, determination_year.
-- Inputs: leas, assistance_years, local_indicators, source_files, source_coverage.
-- Oddities: a priority fails when it has the failing value in each of the years looked at (2018: 'Not Met' in 2017 and 2018; later one
--           file says 'Not Met For Two or More Years'). An LEA that is in no local file of the determination's own year is unknown;
--           a priority without a row has not failed, since nobody found it so. Without a file that covers the county, unknown.
with wanted as (
    select
        l.cds, l.county_code, a.determination_year, a.local_value, y.local_year,
        p.priority
    from leas l
    cross join assistance_years a
    cross join unnest(a.local_years) as y(local_year)
    cross join unnest(a.local_priorities || if(l.lea_type = 'county_office', a.county_office_priorities, [])) as p(priority)
    where l.lea_type <> 'charter' and a.local_value is not null
),
files as (
    select f.dashboard_year, f.priority, v.statewide, v.counties
    from source_files f
    join source_coverage v using (source_id)
    where f.layout in ('local_indicators', 'local_indicators_by_priority')
),
looked_at as (
    select
        w.cds, w.determination_year, w.priority, w.local_year,
        bool_or(f.statewide or list_contains(f.counties, w.county_code)) as covered,
        any_value(i.performance) = any_value(w.local_value) as failed
    from wanted w
    left join files f on f.dashboard_year = w.local_year and (f.priority is null or f.priority = w.priority)
    left join local_indicators i on i.cds = w.cds and i.dashboard_year = w.local_year and i.priority = w.priority
    group by all
),
per_priority as (
    select
        cds, determination_year, priority,
        case
            when bool_or(coalesce(covered, false) and not coalesce(failed, false)) then false
            when bool_and(coalesce(failed, false)) then true
        end as failed
    from looked_at
    group by all
),
in_own_year as (
    select distinct cds, dashboard_year from local_indicators
)
select
    p.cds, p.determination_year,
    list(p.priority order by p.priority) filter (p.failed and o.cds is not null) as failed,
    list(p.priority order by p.priority) filter (p.failed is null or o.cds is null) as unknown
from per_priority p
left join in_own_year o on o.cds = p.cds and o.dashboard_year = p.determination_year
group by p.cds, p.determination_year
