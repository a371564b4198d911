-- Grain: one determination year that this run covers.
-- Key: determination_year.
-- Inputs: rule_determinations, days_in_force, years_loaded, run_parameters.
-- Oddities: a determination is in force until the next one. Dated facts (loans, cases) are read as of its last day, or
--           as of the run's own date for the determination now in force, and never as of a later day. The next
--           determination is that of the next Dashboard with rules, loaded or not. A year is left out if neither a
--           workbook nor a Dashboard file that decides is loaded. For a past date, so is every year that came later. If
--           no year has any file, the registers still answer, so every determination that has begun is included. A year
--           whose criteria are not confirmed replaces the one before it only if CDE's own flags for it are loaded
--           (is_answered); until then the one before it stays in force.
with known as (
    select
        d.*,
        t.is_answered,
        t.last_day,
        p.as_of as run_as_of,
        h.dashboard_year is not null and (d.in_force_from <= p.as_of or p.is_latest) as has_files
    from rule_determinations d
    join days_in_force t on t.dashboard_year = d.determination_year
    left join years_loaded h on h.dashboard_year = d.determination_year
    cross join run_parameters p
),
shown_years as (
    select * from known where has_files
    union all
    select * from known where in_force_from <= run_as_of and not exists (select 1 from known where has_files)
)
select
    determination_year::smallint as determination_year,
    rule_set,
    not_confirmed,
    counted_dashboards,
    years_required,
    groups_required,
    statute_district,
    statute_county_office,
    in_force_from,
    if(now_in_force, run_as_of, least(last_day, run_as_of))::date as as_of,
    now_in_force
from (
    select
        *,
        determination_year = coalesce(
            max(determination_year) filter (is_answered) over (), max(determination_year) over ()
        ) as now_in_force
    from shown_years
)
