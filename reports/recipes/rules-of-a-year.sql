-- title: Rules of a year
-- question: Which criteria applied in a year, and where do they come from?
-- param: year = null -- Dashboard year; the latest with rules if not given
select
    dashboard_year,
    rule_set,
    priority,
    criterion,
    clause,
    student_groups,
    indicator,
    measure,
    levels,
    size_test,
    citation
from rule_criteria
where dashboard_year = coalesce($year::smallint, (select max(dashboard_year) from rule_criteria))
order by priority, criterion, position
