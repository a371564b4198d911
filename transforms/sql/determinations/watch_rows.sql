-- Grain: LEA x student group x what is watched: what one more Dashboard would do. A preview, not a finding; loans are left aside.
-- Key: cds, student_group, watch.
-- Inputs: determination_years, rule_sets, continuum, student_group_history, leas, criterion_results, rule_conditions, indicator_results,
--         preview_rule, preview_indicators, source_files, dashboard_scales.
-- Oddities: looks at the last three counted Dashboards of the determination in force, as the next one will: that of the next year with rules or a preview, or else the year after. A group that met the criteria in
--           two of them counts if it does once more; of an LEA with fewer than three groups with a result, all are needed. What rests on criteria of the next Dashboard that are not confirmed is provisional.
--           The provisional 2026 preview judges all students too, and ends when the rules of 2026 are confirmed. An indicator whose file of 2026 is loaded
--           has shown itself there or not; for another one both Dashboards before it are needed. Colors of years on different scales are never put
--           together: where the preview would need them, the row says so (preview_scale_changed).
with latest as (
    select determination_year, groups_required, list_slice(counted_dashboards, 2, len(counted_dashboards)) as kept, years_required
    from determination_years where now_in_force and not_confirmed is null
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
        if(s.not_confirmed is null, 'final', 'provisional') as standing, x.next_dashboard, g.years_met as years,
        coalesce(c.indicators, []) as indicators,
        p.sure + p.candidates >= least(g.groups_required, if(n.in_files and n.groups_that_may_have_result > 0, n.groups_that_may_have_result, g.groups_required))
            as would_be_eligible
    from groups g
    cross join next_one x
    join per_lea p using (cds)
    join continuum n on n.cds = g.cds and n.determination_year = g.determination_year
    left join rule_sets s on s.dashboard_year = x.next_dashboard
    left join causes c on c.cds = g.cds and c.student_group = g.student_group and c.dashboard_year = g.years_met[-1]
    where g.times = g.years_required - 1
),
preview as (
    select p.*, p.dashboards[1:-2] as before
    from preview_rule p
    where p.dashboard_year not in (select dashboard_year from rule_sets where not_confirmed is null)
),
asked as (
    select
        p.*, i.indicator, i.levels, f.source_id is not null as is_loaded,
        (select count(distinct s.scale) = 1 from dashboard_scales s where s.indicator = i.indicator and list_contains(p.dashboards, s.dashboard_year)) as one_scale
    from preview p
    cross join preview_indicators i
    left join source_files f on f.layout = 'dashboard' and f.dashboard_year = p.dashboard_year and f.indicator = i.indicator
),
reds as (
    select r.cds, r.student_group, a.indicator, a.one_scale, a.dashboard_year, a.dashboards, a.before, a.indicators_required, bool_or(a.is_loaded) as is_met
    from asked a
    join indicator_results r on r.indicator = a.indicator and list_contains(a.levels, r.color) and list_contains(if(a.is_loaded, a.dashboards, a.before), r.dashboard_year)
    join leas l on l.cds = r.cds
    where list_contains(a.student_groups, r.student_group)
    group by all
    having count(distinct r.dashboard_year) = any_value(len(if(a.is_loaded, a.dashboards, a.before)))
),
counted as (
    select
        cds, student_group, any_value(dashboard_year) as dashboard_year, any_value(dashboards) as dashboards, any_value(before) as before,
        case
            when count(*) filter (is_met and one_scale) >= any_value(indicators_required) then 'preview_met'
            when count(*) filter (one_scale) >= any_value(indicators_required) then 'preview_one_more_red'
            else 'preview_scale_changed'
        end as watch,
        list({'indicator': indicator, 'one_scale': one_scale, 'is_met': is_met} order by indicator) as found
    from reds
    group by cds, student_group
    having count(*) >= any_value(indicators_required)
),
previewed as (
    select
        * exclude (found, dashboards, before, dashboard_year), 'provisional' as standing, dashboard_year as next_dashboard,
        list_filter(found, lambda f: watch = 'preview_scale_changed' or (f.one_scale and (f.is_met or watch <> 'preview_met'))) as those,
        if(watch <> 'preview_one_more_red' and list_bool_and([f.is_met for f in those]), dashboards, before) as years,
        [f.indicator for f in those] as indicators, null::boolean as would_be_eligible
    from counted
)
select * from near
union all by name
select * exclude (those) from previewed
