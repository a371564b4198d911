-- Grain: one Dashboard year with rules, loaded or not, with the last day on which its determination is in force.
-- Key: dashboard_year.
-- Inputs: rule_sets, assistance_flags.
-- Oddities: a year whose criteria are not confirmed ends the one before it only if CDE's own flags for it are loaded
--           (is_answered). last_day is null if no later year is answered.
with known as (
    select
        dashboard_year,
        in_force_from,
        not_confirmed is null
            or dashboard_year in (select dashboard_year from assistance_flags where flag = 'ec52072') as is_answered
    from rule_sets
)
select k.dashboard_year, k.is_answered, min(n.in_force_from) - 1 as last_day
from known k
left join known n on n.dashboard_year > k.dashboard_year and n.is_answered
group by k.dashboard_year, k.is_answered
