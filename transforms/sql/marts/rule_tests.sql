-- Grain: Dashboard year x test that goes beyond one student group in one year: Differentiated Assistance, EC 52071(f),
--        EC 52072, charter schools, and the provisional preview.
-- Key: dashboard_year, test.
-- Inputs: rule_sets, rule_determinations, rule_assistance, rule_consecutive, rule_charter, preview_rule.
-- Oddities: the preview decides nothing; it is included so that readers see what the watch list is based on.
with tests as (
    select
        determination_year as dashboard_year,
        'continuum' as test,
        counted_dashboards as dashboards,
        years_required,
        groups_required,
        statute_district as statute,
        statute_county_office,
        url,
        basis,
        '' as open_question
    from rule_determinations
    union all by name
    select
        determination_year as dashboard_year,
        'differentiated_assistance' as test,
        methods,
        statute_district as statute,
        statute_county_office,
        local_value,
        nullif(list_concat(local_priorities, county_office_priorities), []) as local_priorities,
        calpads_school_year,
        url,
        basis,
        '' as open_question
    from rule_assistance
    union all by name
    select
        determination_year as dashboard_year,
        'consecutive' as test,
        dashboards,
        statute,
        url,
        basis,
        open_question
    from rule_consecutive
    union all by name
    select
        determination_year as dashboard_year,
        'charter' as test,
        dashboards,
        statute,
        url,
        basis,
        open_question
    from rule_charter
    union all by name
    select
        dashboard_year,
        'preview' as test,
        dashboards,
        url,
        basis || '. ' || source as basis,
        not_found as open_question
    from preview_rule
)
select
    t.dashboard_year,
    t.test,
    coalesce(s.standing, p.standing) as standing,
    t.dashboards,
    t.methods,
    t.years_required,
    t.groups_required,
    t.statute,
    t.statute_county_office,
    t.local_value,
    t.local_priorities,
    t.calpads_school_year,
    t.url,
    t.basis,
    t.open_question
from tests t
left join rule_sets s on s.dashboard_year = t.dashboard_year and t.test <> 'preview'
left join preview_rule p on t.test = 'preview'
