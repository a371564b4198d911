-- Grain: LEA x student group x what is watched: what one more Dashboard would do. A preview, not a finding; loans are left aside.
-- Key: cds, student_group, watch.
-- Inputs: determination_years, continuum, student_group_history, leas, criterion_results, rule_conditions, indicator_results,
--         rule_sets, preview_rule, preview_indicators.
-- Oddities: looks at the last three counted Dashboards of the determination in force, as the next one will: that of the next year with rules or a preview, or else the year after. A group that met the criteria in
--           two of them counts if it does once more; of an LEA with fewer than three groups with a result, all are needed. The provisional 2026 preview needs both Dashboards before it, and judges all students too.
with latest as (
    select determination_year, groups_required, list_slice(counted_dashboards, 2, len(counted_dashboards)) as kept, years_required
    from determination_years where now_in_force
),
next_one as (
    select coalesce(min(s.dashboard_year), t.determination_year + 1) as next_dashboard
    from latest t
    left join (select dashboard_year from rule_sets union select dashboard_year from preview_rule) s on s.dashboard_year > t.determination_year
    group by t.determination_year
),
groups as (
    select
        h.cds, h.student_group, t.groups_required, t.determination_year,
        list(h.dashboard_year order by h.dashboard_year) filter (h.meets_criteria) as years_met,
        count(*) filter (h.meets_criteria) as times, any_value(t.years_required) as years_required
    from latest t
    join student_group_history h on list_contains(t.kept, h.dashboard_year)
    join leas l on l.cds = h.cds and l.lea_type <> 'charter'
    group by all
),
per_lea as (
    select cds, count(*) filter (times >= years_required) as sure, count(*) filter (times = years_required - 1) as candidates
    from groups group by cds
),
causes as (
    select r.cds, r.dashboard_year, r.student_group, list(distinct c.indicator order by c.indicator) as indicators
    from criterion_results r
    join rule_conditions c on c.criterion = r.criterion
    where r.met
    group by all
),
near as (
    select
        g.cds, g.student_group,
        if(p.sure = g.groups_required - 1, 'one_more_group', 'one_more_year') as watch,
        'final' as standing, x.next_dashboard, g.years_met as years,
        coalesce(c.indicators, []) as indicators,
        p.sure + p.candidates >= least(g.groups_required, if(n.in_files and n.groups_that_may_have_result > 0, n.groups_that_may_have_result, g.groups_required))
            as would_be_eligible
    from groups g
    cross join next_one x
    join per_lea p using (cds)
    join continuum n on n.cds = g.cds and n.determination_year = g.determination_year
    left join causes c on c.cds = g.cds and c.student_group = g.student_group and c.dashboard_year = g.years_met[-1]
    where g.times = g.years_required - 1
),
reds as (
    select r.cds, r.student_group, r.indicator, p.dashboard_year, p.dashboards, p.indicators_required
    from preview_rule p
    join indicator_results r on list_contains(list_slice(p.dashboards, 1, len(p.dashboards) - 1), r.dashboard_year)
    join preview_indicators i on i.indicator = r.indicator and list_contains(i.levels, r.color)
    join leas l on l.cds = r.cds
    where list_contains(p.student_groups, r.student_group)
    group by all
    having count(distinct r.dashboard_year) = len(p.dashboards) - 1
),
previewed as (
    select
        cds, student_group, 'preview_one_more_red' as watch, 'provisional' as standing, any_value(dashboard_year) as next_dashboard,
        list_slice(any_value(dashboards), 1, len(any_value(dashboards)) - 1) as years,
        list(indicator order by indicator) as indicators, null::boolean as would_be_eligible
    from reds
    group by cds, student_group
    having count(*) >= any_value(indicators_required)
)
select * from near
union all by name
select * from previewed
