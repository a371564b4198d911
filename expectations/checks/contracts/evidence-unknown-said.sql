-- class: impossible
-- table: evidence
-- sentence: Every unknown finding has a reason.
-- reason: An unknown without a reason looks like a no.
select cds, dashboard_year, student_group, indicator, source_id, source_line, finding, unknown_because
from evidence
where finding = 'unknown' and unknown_because is null
order by all
