-- Grain: determination year: which Dashboards count for EC 52072 and 52072.5, and what is required.
-- Key: determination_year.
-- Inputs: rule_determinations.
-- Oddities: 2020 and 2021 had no Dashboard and are skipped; the day from which a determination is in force is this project's convention.
select
    determination_year, rule_set, counted_dashboards, years_required, groups_required, statute_district, statute_county_office,
    in_force_from, basis, url
from rule_determinations
