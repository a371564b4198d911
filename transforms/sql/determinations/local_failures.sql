-- Grain: district or county office x assistance year that uses local indicators: which local priorities failed.
-- Key: cds, determination_year.
-- Inputs: leas, assistance_years, local_indicators.
-- Oddities: a priority fails if it has the failing value in each of the years that count (2018: 'Not Met' in 2017 and
--           2018; later one file has 'Not Met For Two or More Years'). CDE's files have a row for every district and
--           county office and every priority (993 of 993 in 2017 and 2018). An LEA without a row is therefore unknown,
--           as it is if the value is blank or no file covers the county.
with wanted as (
    select
        l.cds,
        l.county_code,
        a.determination_year,
        a.local_value,
        y.local_year,
        p.priority
    from leas l
    cross join assistance_years a
    cross join unnest(a.local_years) as y(local_year)
    cross join unnest(
        a.local_priorities || if(l.lea_type = 'county_office', a.county_office_priorities, [])
    ) as p(priority)
    where l.lea_type <> 'charter' and a.local_value is not null
),
checked as (
    select w.cds, w.determination_year, w.priority, w.local_year, i.performance = w.local_value as failed
    from wanted w
    left join local_indicators i on i.cds = w.cds and i.dashboard_year = w.local_year and i.priority = w.priority
),
per_priority as (
    select
        cds,
        determination_year,
        priority,
        case when bool_or(failed is false) then false when bool_and(coalesce(failed, false)) then true end as failed
    from checked
    group by all
)
select
    cds,
    determination_year,
    coalesce(list(priority order by priority) filter (failed), []) as failed,
    coalesce(list(priority order by priority) filter (failed is null), []) as unknown
from per_priority
group by cds, determination_year
