-- Grain: one Dashboard year that has rules, with the source of its student group results in this run.
-- Key: dashboard_year.
-- Inputs: rule_sets, rule_indicators, source_files, lea_years.
-- Oddities: if files are cut to some counties, the source can differ by county; student_group_history has it row by
--           row.
with counted as (
    select
        u.dashboard_year,
        coalesce(list(u.indicator order by u.indicator) filter (f.source_id is not null), []) as indicators_present,
        coalesce(list(u.indicator order by u.indicator) filter (f.source_id is null), []) as indicators_missing
    from rule_indicators u
    left join source_files f on f.layout = 'dashboard' and f.dashboard_year = u.dashboard_year
        and f.indicator = u.indicator
    group by u.dashboard_year
),
leas_by_basis as (
    select
        dashboard_year,
        count(*) filter (basis = 'indicators' and in_files)::integer as leas_from_indicators,
        count(*) filter (basis = 'cde_letters' and in_files)::integer as leas_from_letters
    from lea_years group by dashboard_year
)
select
    s.dashboard_year::smallint as dashboard_year,
    s.rule_set,
    case
        when b.leas_from_indicators > 0 then 'indicators'
        when b.leas_from_letters > 0 then 'cde_letters'
        else 'none'
    end as basis,
    coalesce(b.leas_from_indicators, 0) as leas_from_indicators,
    coalesce(b.leas_from_letters, 0) as leas_from_letters,
    c.indicators_present,
    c.indicators_missing,
    f.source_id as letters_source_id,
    s.in_force_from
from rule_sets s
join counted c using (dashboard_year)
left join leas_by_basis b using (dashboard_year)
left join source_files f on f.layout = 'assistance' and f.dashboard_year = s.dashboard_year
