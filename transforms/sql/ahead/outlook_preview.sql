-- Grain: LEA x student group: certain, possible or ruled out under the previewed criteria, on Dashboards of which the
--        last is not out.
-- Key: cds, student_group.
-- Inputs: preview_rule, preview_indicators, source_files, indicator_results, ahead_cells, ahead_year, leas,
--         dashboard_scales.
-- Rule: the same indicators of the same student group have the previewed colors on each of the Dashboards
--       (rules/preview.toml). Provisional.
-- Oddities: built only on request. A result is unknown if its file is not loaded or does not cover the county. On the
--           Dashboard that is not out, it is unknown if there is no estimate. If the years of an indicator are on
--           different scales, the indicator is unknown unless one of the years rules it out; colors of different scales
--           are never combined.
with asked as (
    select
        p.dashboard_year,
        p.dashboards,
        p.indicators_required,
        g.student_group,
        i.indicator,
        i.levels,
        y.year,
        (select count(distinct s.scale) = 1 from dashboard_scales s where s.indicator = i.indicator
            and list_contains(p.dashboards, s.dashboard_year)) as one_scale
    from preview_rule p
    cross join unnest(p.student_groups) as g(student_group)
    cross join preview_indicators i
    cross join unnest(p.dashboards) as y(year)
),
covered as (
    select distinct r.dashboard_year, r.indicator, r.cds[1:2] as county_code
    from indicator_results r
    semi join source_files f on f.layout = 'dashboard' and f.dashboard_year = r.dashboard_year
        and f.indicator = r.indicator and f.source_id not like 'estimate-%'
    where r.dashboard_year in (select unnest(dashboards) from preview_rule)
),
shown as (
    select
        l.cds,
        a.*,
        case
            when k.cds is not null then list_contains(a.levels, k.level)
            when c.county_code is not null then coalesce(list_contains(a.levels, r.color), false)
        end as is_red
    from leas l
    cross join asked a
    left join covered c on c.dashboard_year = a.year and c.indicator = a.indicator and c.county_code = l.county_code
    left join indicator_results r on r.cds = l.cds and r.dashboard_year = a.year and r.indicator = a.indicator
        and r.student_group = a.student_group
    left join ahead_year n on true
    left join ahead_cells k on k.cds = l.cds and k.student_group = a.student_group and k.indicator = a.indicator
        and a.year = n.determination_year
),
by_indicator as (
    select
        cds,
        student_group,
        indicator,
        any_value(indicators_required) as indicators_required,
        case
            when bool_or(is_red is false) then false
            when bool_or(is_red is null) or not any_value(one_scale) then null
            else true
        end as met
    from shown
    group by cds, student_group, indicator
)
select
    cds,
    student_group,
    coalesce(list(indicator order by indicator) filter (met), []) as indicators_met,
    coalesce(list(indicator order by indicator) filter (met is null), []) as indicators_open,
    any_value(indicators_required) as indicators_required,
    case
        when count(*) filter (met) >= any_value(indicators_required) then 'certain'
        when count(*) filter (met is not false) >= any_value(indicators_required) then 'possible'
        else 'ruled_out'
    end as outlook
from by_indicator
group by cds, student_group
