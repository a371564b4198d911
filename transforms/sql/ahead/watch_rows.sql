-- Grain: LEA x student group x kind of watch: the effect of one more Dashboard. A preview, not a finding; loans are
--        left out.
-- Key: cds, student_group, watch.
-- Inputs: outlook_groups, outlook, ahead_year, criterion_results, rule_conditions, preview_rule, preview_indicators,
--         source_files, ahead_cells, indicator_results, leas, dashboard_scales.
-- Oddities: in a release, the schema ahead has no estimates, and this is the release's watch list. With estimates, it
--           is the watch list of `dta estimate`. A group is watched if it lacks one Dashboard and may meet the criteria
--           on the one that is not out. Whatever is based on criteria that are not confirmed is provisional.
--           would_be_eligible assumes that the LEA has the groups of the Dashboard before and the watched groups; if
--           there are fewer than three, all are needed. The provisional 2026 preview also judges all students, and ends
--           when the rules of 2026 are confirmed. An indicator with a loaded 2026 file, or with an estimate, is already
--           red there or not; any other indicator must be red on both Dashboards before it. Colors of years on
--           different scales are never combined. If the preview would need them, the row has the watch
--           preview_scale_changed.
with causes as (
    select r.cds, r.dashboard_year, r.student_group, list(distinct c.indicator order by c.indicator) as indicators
    from criterion_results r
    join rule_conditions c using (criterion)
    where r.met
    group by all
),
near as (
    select
        g.cds,
        g.student_group,
        if(len(o.groups_certain) = o.groups_required - 1, 'one_more_group', 'one_more_year') as watch,
        if(a.is_confirmed, 'final', 'provisional') as standing,
        a.determination_year as next_dashboard,
        g.years_met as years,
        coalesce(c.indicators, []) as indicators,
        o.outlook,
        count(*) over (partition by g.cds) as candidates,
        greatest(o.groups_required - len(o.groups_certain), 0) as groups_needed,
        list_distinct(o.groups_seen || list(g.student_group) over (partition by g.cds)) as groups_there,
        len(o.groups_certain) + candidates >= o.groups_required or (
            len(o.groups_seen) > 0 and len(groups_there) < o.groups_required
            and len(list_filter(groups_there, lambda x: list_contains(o.groups_certain, x))) + candidates
            = len(groups_there)
        ) as would_be_eligible
    from outlook_groups g
    cross join ahead_year a
    join outlook o on o.cds = g.cds and o.test = 'continuum'
    left join causes c on c.cds = g.cds and c.student_group = g.student_group and c.dashboard_year = g.years_met[-1]
    where g.years_short = 1 and g.meets_next is null
),
asked as (
    select
        p.dashboard_year,
        p.dashboards,
        p.indicators_required,
        p.student_groups,
        i.indicator,
        i.levels,
        list(distinct f.dashboard_year) filter (f.dashboard_year is not null) as loaded,
        (select count(distinct s.scale) = 1 from dashboard_scales s where s.indicator = i.indicator
            and list_contains(p.dashboards, s.dashboard_year)) as one_scale
    from preview_rule p
    cross join preview_indicators i
    left join source_files f on f.layout = 'dashboard' and f.indicator = i.indicator
        and list_contains(p.dashboards, f.dashboard_year)
        and f.source_id not like 'estimate-%'
    group by all
),
colors as (
    select cds, student_group, indicator, dashboard_year, color from indicator_results
    where color > 0
    union all
    select k.cds, k.student_group, k.indicator, a.determination_year, k.level from ahead_cells k cross join ahead_year a
),
reds as (
    select
        r.cds,
        r.student_group,
        a.*,
        list(distinct r.dashboard_year) filter (list_contains(a.levels, r.color)) as years_red,
        list(distinct r.dashboard_year) as years_seen
    from asked a
    join colors r on r.indicator = a.indicator and list_contains(a.dashboards, r.dashboard_year)
        and list_contains(a.student_groups, r.student_group)
    semi join leas l on l.cds = r.cds
    group by all
),
found as (
    select
        *,
        -- a year is known if its file is loaded, or if the LEA has an estimate for it
        list_filter(dashboards, lambda y: not list_contains(coalesce(years_red, []), y)
        and not list_contains(coalesce(loaded, []), y) and not list_contains(years_seen, y))
            as years_open,
        len(years_red) = len(dashboards) as is_met
    from reds
    where len(years_red) > 0 and len(years_red) + len(years_open) = len(dashboards)
        and (len(years_open) = 0 or years_open = [dashboard_year])
),
counted as (
    select
        cds,
        student_group,
        any_value(dashboard_year) as dashboard_year,
        any_value(dashboards) as dashboards,
        case
            when count(*) filter (is_met and one_scale) >= any_value(indicators_required) then 'preview_met'
            when count(*) filter (one_scale) >= any_value(indicators_required) then 'preview_one_more_red'
            else 'preview_scale_changed'
        end as watch,
        list({'indicator': indicator, 'one_scale': one_scale, 'is_met': is_met} order by indicator) as those_found
    from found
    group by cds, student_group
    having count(*) >= any_value(indicators_required)
),
previewed as (
    select
        cds,
        student_group,
        watch,
        'provisional' as standing,
        dashboard_year as next_dashboard,
        list_filter(those_found, lambda f: watch = 'preview_scale_changed'
        or (f.one_scale and (f.is_met or watch <> 'preview_met'))) as those,
        if(watch <> 'preview_one_more_red' and list_bool_and([f.is_met for f in those]), dashboards,
        dashboards[1:-2]) as years,
        [f.indicator for f in those] as indicators,
        null::boolean as would_be_eligible
    from counted
)
select * exclude (groups_there) from near
union all by name
select * exclude (those) from previewed
