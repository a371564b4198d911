-- Grain: LEA x determination year x student group judged in any counted Dashboard (EC 52072, 52072.5).
-- Key: cds, determination_year, student_group.
-- Inputs: determination_years, student_group_history, joined_history, leas.
-- Oddities: a group without a row in a counted year (long-term English learners before 2024) did not meet the criteria
--           that year. may_count_joined adds the years under the code of a registered predecessor. If the criteria of
--           the year are not confirmed, any group may count and none does.
with counted as (
    select
        d.determination_year,
        d.years_required,
        d.not_confirmed is null as is_confirmed,
        h.*,
        case
            when h.meets_criteria or j.meets_criteria then true
            when j.cds is not null then j.meets_criteria
            else h.meets_criteria
        end as meets_joined
    from determination_years d
    join student_group_history h on list_contains(d.counted_dashboards, h.dashboard_year)
    join leas l on l.cds = h.cds and l.lea_type <> 'charter'
    left join joined_history j on j.cds = h.cds and j.dashboard_year = h.dashboard_year
        and j.student_group = h.student_group
)
select
    cds,
    determination_year,
    student_group,
    coalesce(list(dashboard_year order by dashboard_year) filter (meets_criteria), []) as years_met,
    coalesce(list(dashboard_year order by dashboard_year) filter (meets_criteria is null), []) as years_unknown,
    any_value(is_confirmed) and count(*) filter (meets_criteria) >= any_value(years_required) as counts,
    not any_value(is_confirmed)
        or count(*) filter (meets_criteria is not false) >= any_value(years_required) as may_count,
    not any_value(is_confirmed)
        or count(*) filter (meets_joined is not false) >= any_value(years_required) as may_count_joined,
    coalesce(bool_or(has_result) filter (dashboard_year = determination_year), false) as has_result,
    bool_or(dashboard_year = determination_year and has_result is not false) as may_have_result
from counted
group by cds, determination_year, student_group
