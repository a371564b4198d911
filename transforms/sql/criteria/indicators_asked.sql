-- Grain: Dashboard year x student group x indicator that the year's criteria use, with its file.
-- Key: dashboard_year, student_group, indicator.
-- Inputs: rule_groups, rule_criterion_groups, rule_conditions, ref_indicators, source_files, source_coverage.
-- Oddities: a Dashboard has one file for each indicator; source_id is null if it is not loaded.
with asked as (
    select
        g.dashboard_year,
        g.student_group,
        c.indicator,
        any_value(c.measure) as measure,
        any_value(c.size_test) as size_test,
        any_value(c.minimum) as minimum,
        any_value(c.small_minimum) as small_minimum,
        coalesce(bool_or(list_contains(c.small_groups, g.student_group)), false) as is_small_group
    from rule_groups g
    join rule_criterion_groups cg on cg.dashboard_year = g.dashboard_year and cg.student_group = g.student_group
    join rule_conditions c on c.criterion = cg.criterion
    group by g.dashboard_year, g.student_group, c.indicator
)
select
    a.*,
    i.reported_for = 'all' as is_for_all,
    f.source_id,
    f.file,
    coalesce(v.statewide, false) as is_statewide
from asked a
join ref_indicators i using (indicator)
left join source_files f on f.layout = 'dashboard' and f.dashboard_year = a.dashboard_year
    and f.indicator = a.indicator
left join source_coverage v on v.source_id = f.source_id
