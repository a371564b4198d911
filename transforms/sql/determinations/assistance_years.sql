-- Grain: one Dashboard year for which assistance is decided in this run.
-- Key: determination_year.
-- Inputs: rule_assistance, rule_sets, source_files, run_parameters.
-- Oddities: reaches further back than determination_years: Differentiated Assistance began with the 2017 Dashboard. A year with no file
--           at hand is left out, and for a past date every year that came later. as_of is that of determination_years.
with at_hand as (
    select distinct dashboard_year from source_files where layout in ('dashboard', 'assistance')
),
known as (
    select a.*, p.as_of as run_as_of
    from rule_assistance a
    join at_hand h on h.dashboard_year = a.determination_year
    cross join run_parameters p
    where a.in_force_from <= p.as_of or p.is_latest
),
last_days as (
    select dashboard_year, lead(in_force_from) over (order by dashboard_year) - 1 as last_day from rule_sets
)
select
    k.* exclude (run_as_of),
    if(lead(k.in_force_from) over (order by k.determination_year) is null, k.run_as_of, least(d.last_day, k.run_as_of))::date as as_of
from known k
join last_days d on d.dashboard_year = k.determination_year
