-- Grain: one determination year that this run can speak about.
-- Key: determination_year.
-- Inputs: rule_determinations, rule_sets, source_files, run_parameters.
-- Oddities: a determination is in force until the next one; dated facts (loans, cases) are read as of its last day, or as of the
--           run's own date for the one now in force, and never as of a later day. The next one is that of the next Dashboard with rules,
--           loaded or not. A year without a Dashboard file or workbook is left out, and for a past date every year that came later.
--           Where no year has any, the registers still answer: then every determination that has begun is there.
with loaded as (
    select distinct dashboard_year from source_files where layout in ('dashboard', 'assistance')
),
known as (
    select d.*, p.as_of as run_as_of, h.dashboard_year is not null and (d.in_force_from <= p.as_of or p.is_latest) as has_files
    from rule_determinations d
    left join loaded h on h.dashboard_year = d.determination_year
    cross join run_parameters p
),
last_days as (
    select dashboard_year, lead(in_force_from) over (order by dashboard_year) - 1 as last_day from rule_sets
),
spoken_of as (
    select * from known where has_files
    union all
    select * from known where in_force_from <= run_as_of and not exists (select 1 from known where has_files)
)
select
    determination_year::smallint as determination_year,
    rule_set,
    counted_dashboards,
    years_required,
    groups_required,
    statute_district,
    statute_county_office,
    in_force_from,
    if(now_in_force, run_as_of, least(last_day, run_as_of))::date as as_of,
    now_in_force
from (select *, lead(in_force_from) over (order by determination_year) is null as now_in_force from spoken_of)
join last_days on dashboard_year = determination_year
