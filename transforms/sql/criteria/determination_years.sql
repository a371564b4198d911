-- Grain: one determination year that this run can speak about.
-- Key: determination_year.
-- Inputs: rule_determinations, source_files, run_parameters, assistance_flags.
-- Oddities: a determination is in force until the next one; dated facts (loans, cases) are read as of its last day, or as of the
--           run's own date for the one now in force. A year without a Dashboard file or workbook is left out, and for a past date every year that came later.
--           Where no year has any, the registers still answer: then every determination that has begun is there. A year whose criteria are not
--           confirmed replaces the one before it only when CDE's own flags of it are loaded (is_answered): until then that one stays in force.
with loaded as (
    select distinct dashboard_year from source_files where layout in ('dashboard', 'assistance')
),
known as (
    select d.*, p.as_of as run_as_of,
        d.not_confirmed is null or d.determination_year in (select dashboard_year from assistance_flags where flag = 'ec52072') as is_answered,
        h.dashboard_year is not null and (d.in_force_from <= p.as_of or p.is_latest) as has_files
    from rule_determinations d
    left join loaded h on h.dashboard_year = d.determination_year
    cross join run_parameters p
),
spoken_of as (
    select * from known where has_files
    union all
    select * from known where in_force_from <= run_as_of and not exists (select 1 from known where has_files)
)
select
    determination_year::smallint as determination_year, rule_set, counted_dashboards, years_required, groups_required,
    statute_district, statute_county_office, in_force_from,
    not_confirmed,
    coalesce(min(in_force_from) filter (is_answered) over later - 1, run_as_of)::date as as_of,
    determination_year = coalesce(max(determination_year) filter (is_answered) over (), max(determination_year) over ()) as now_in_force
from spoken_of
window later as (order by determination_year rows between 1 following and unbounded following)
