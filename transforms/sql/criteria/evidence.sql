-- Grain: LEA x Dashboard year x student group x indicator that the year's rules use, for years computed from indicator
--        rows.
-- Key: cds, dashboard_year, student_group, indicator.
-- Inputs: evidence_cells, condition_results, criterion_results, rule_conditions, leas, ref_student_groups,
--         ref_indicators.
-- Oddities: criteria_met has every criterion that uses the indicator and whose conditions all hold. A criterion that
--           uses two indicators is in both rows. criteria_met is null if the result is unknown and no criterion is met
--           without it.
with clauses as (
    select distinct criterion, clause from rule_conditions
),
met as (
    select
        r.cds,
        r.dashboard_year,
        r.student_group,
        c.indicator,
        list(distinct w.clause order by w.clause) as criteria_met
    from criterion_results r
    join condition_results c using (cds, dashboard_year, student_group, criterion)
    join clauses w using (criterion)
    where r.met
    group by all
)
select
    e.cds,
    l.lea_name,
    e.dashboard_year,
    e.student_group,
    g.name as group_name,
    e.indicator,
    i.name as indicator_name,
    coalesce(m.criteria_met, if(e.finding = 'unknown', null, [])) as criteria_met,
    e.* exclude (cds, dashboard_year, student_group, indicator)
from evidence_cells e
join leas l using (cds)
join ref_student_groups g using (student_group)
join ref_indicators i using (indicator)
left join met m using (cds, dashboard_year, student_group, indicator)
