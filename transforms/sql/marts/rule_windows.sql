-- Grain: determination year, with the Dashboards that count for EC 52072 and 52072.5, for EC 52071(f) and for charter
--        schools, and what is required.
-- Key: determination_year.
-- Inputs: rule_determinations, rule_consecutive, rule_charter.
-- Oddities: 2020 and 2021 had no Dashboard and are skipped. The day on which a determination takes effect is a
--           convention of this project.
select
    d.determination_year,
    d.rule_set,
    d.counted_dashboards,
    d.years_required,
    d.groups_required,
    d.statute_district,
    d.statute_county_office,
    d.in_force_from,
    d.basis,
    d.url,
    c.dashboards as consecutive_dashboards,
    s.dashboards as charter_dashboards
from rule_determinations d
left join rule_consecutive c using (determination_year)
left join rule_charter s using (determination_year)
