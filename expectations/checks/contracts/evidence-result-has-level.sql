-- class: impossible
-- table: evidence
-- sentence: A result has a level, 1 to 5.
-- reason: Rules compare it with the levels that meet a criterion; 0 is no level: such a row is no result.
select cds, dashboard_year, student_group, indicator, source_id, source_line, finding, level
from evidence
where finding = 'result' and (level between 1 and 5) is not true
order by all
