-- Grain: LEA x Dashboard year x student group x indicator with a row in the file, for student groups that the rules
--        judge.
-- Key: cds, dashboard_year, student_group, indicator.
-- Inputs: indicator_results, leas, rule_groups.
-- Oddities: these are a tenth of all rows, read once and with few columns, because several later tables use them.
select
    r.cds,
    r.dashboard_year,
    r.indicator,
    r.student_group,
    r.source_line,
    r.status_level,
    r.change_level,
    r.color,
    r.current_status,
    r.current_numerator,
    r.current_denominator,
    r.prior_status,
    r.change,
    r.current_size_met,
    r.prior_denominator,
    r.prior_size_met
from indicator_results r
semi join leas using (cds)
where r.student_group in (select student_group from rule_groups)
