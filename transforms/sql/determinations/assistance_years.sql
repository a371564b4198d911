-- Grain: one Dashboard year for which assistance is decided in this run.
-- Key: determination_year.
-- Inputs: rule_assistance, source_files, run_parameters, assistance_flags.
-- Oddities: reaches further back than determination_years: Differentiated Assistance began with the 2017 Dashboard. A year with no file
--           at hand is left out, and for a past date every year that came later. A year whose criteria are not confirmed ends the one
--           before it only where CDE's own flags of it are loaded.
with at_hand as (
    select distinct dashboard_year from source_files where layout in ('dashboard', 'assistance')
),
known as (
    select a.*, p.as_of as run_as_of,
        a.not_confirmed is null or a.determination_year in (select dashboard_year from assistance_flags where flag = 'ec52072') as is_answered
    from rule_assistance a
    join at_hand h on h.dashboard_year = a.determination_year
    cross join run_parameters p
    where a.in_force_from <= p.as_of or p.is_latest
)
select
    * exclude (run_as_of, is_answered), coalesce(min(in_force_from) filter (is_answered) over later - 1, run_as_of)::date as as_of
from known
window later as (order by determination_year rows between 1 following and unbounded following)
