-- Grain: charter school x determination year that has the test x student group (EC 47607.3(a)).
-- Key: cds, determination_year, student_group.
-- Inputs: rule_charter, assistance_years, student_group_history, joined_history, leas.
select
    h.cds,
    c.determination_year,
    h.student_group,
    coalesce(list(h.dashboard_year order by h.dashboard_year) filter (h.meets_criteria), []) as years_met,
    coalesce(list(h.dashboard_year order by h.dashboard_year) filter (h.meets_criteria is null), []) as years_unknown,
    any_value(a.not_confirmed) is null and bool_and(coalesce(h.meets_criteria, false))
        and count(*) = len(any_value(c.dashboards)) as counts,
    any_value(a.not_confirmed) is not null
        or bool_and(h.meets_criteria is not false) and count(*) = len(any_value(c.dashboards)) as may_count,
    coalesce(
        list(h.dashboard_year order by h.dashboard_year) filter (j.cds is not null and j.meets_criteria is not false),
        []
    ) as years_joined,
    any_value(a.not_confirmed) is not null
        or bool_and(h.meets_criteria is not false or (j.cds is not null and j.meets_criteria is not false))
        and count(*) = len(any_value(c.dashboards))
        as may_count_joined,
    bool_or(h.basis = 'cde_letters') as from_letters
from rule_charter c
join assistance_years a using (determination_year)
join student_group_history h on list_contains(c.dashboards, h.dashboard_year)
join leas l on l.cds = h.cds and l.lea_type = 'charter'
left join joined_history j on j.cds = h.cds and j.dashboard_year = h.dashboard_year
    and j.student_group = h.student_group
group by all
