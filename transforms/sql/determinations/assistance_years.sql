-- Grain: one Dashboard year for which assistance is decided in this run.
-- Key: determination_year.
-- Inputs: rule_assistance, days_in_force, years_loaded, run_parameters.
-- Oddities: these years reach further back than determination_years, because Differentiated Assistance began with the
--           2017 Dashboard. A year with no file loaded is left out. For a past date, so is every year that came later.
--           as_of is the same as in determination_years.
with known as (
    select a.*, t.is_answered, t.last_day, p.as_of as run_as_of
    from rule_assistance a
    join days_in_force t on t.dashboard_year = a.determination_year
    join years_loaded h on h.dashboard_year = a.determination_year
    cross join run_parameters p
    where a.in_force_from <= p.as_of or p.is_latest
)
select
    * exclude (run_as_of, is_answered, last_day),
    if(
        determination_year = coalesce(
            max(determination_year) filter (is_answered) over (), max(determination_year) over ()
        ), run_as_of, least(last_day, run_as_of)
    )::date as as_of
from known
