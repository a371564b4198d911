-- class: impossible
-- table: evidence
-- sentence: Every result has a level from 1 to 5.
-- reason: Rules compare the level with the levels that meet a criterion. 0 is not a level, so a row with 0 is not a
--   result.
select cds, dashboard_year, student_group, indicator, source_id, source_line, finding, level
from evidence
where finding = 'result' and (level between 1 and 5) is not true
order by all
