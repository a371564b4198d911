-- class: impossible
-- table: evidence
-- sentence: Every result names its line in the file.
-- reason: Anyone who doubts a verdict must be able to look it up.
select cds, dashboard_year, student_group, indicator, source_id, source_line, finding
from evidence
where finding = 'result' and source_line is null
order by all
