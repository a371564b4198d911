-- Grain: one Dashboard year with a loaded file that may decide.
-- Key: dashboard_year.
-- Inputs: source_files, rule_indicators.
-- Oddities: a file of an indicator that no criterion of its year uses (science) decides nothing and begins no
--           determination. If a year's criteria are not confirmed, it is not known which indicators they use, so any
--           file counts.
select distinct f.dashboard_year
from source_files f
left join (
    select dashboard_year, list(indicator) as indicators from rule_indicators group by dashboard_year
) r using (dashboard_year)
where f.layout = 'assistance'
    or (f.layout = 'dashboard' and coalesce(list_contains(r.indicators, f.indicator), true))
