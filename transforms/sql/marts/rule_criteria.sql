-- Grain: Dashboard year x criterion x condition: the law that was applied, with the student groups that it judges.
-- Key: criterion, position.
-- Inputs: rule_conditions, rule_sets, rule_criterion_groups, rule_citations.
with judged as (
    select criterion, list(student_group order by student_group) as student_groups
    from rule_criterion_groups group by criterion
),
cited as (
    select
        dashboard_year,
        string_agg(what || ' (' || basis || ') ' || url, '; ' order by what) as citation
    from rule_citations group by dashboard_year
)
select
    c.dashboard_year,
    s.rule_set,
    s.standing,
    c.criterion,
    c.priority,
    c.clause,
    j.student_groups,
    c.position,
    c.indicator,
    c.measure,
    c.levels,
    case c.size_test
        when 'flag' then note_size_by_flag()
        when 'denominator' then note_size_by_students(c.minimum, c.small_minimum, array_to_string(c.small_groups, ', '))
        else note_size_by_color()
    end as size_test,
    t.citation
from rule_conditions c
join rule_sets s using (dashboard_year)
join judged j using (criterion)
join cited t using (dashboard_year)
