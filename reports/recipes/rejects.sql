-- title: Rejected rows
-- question: What was rejected from which file, and why?
select
    s.file,
    s.rows_in,
    s.rows_kept,
    s.rows_rejected,
    r.reason,
    r.column_name,
    count(r.line) as lines,
    min(r.line) as first_line,
    any_value(r.value) as example
from meta_sources s
left join rejects r on r.source_id = s.source_id
where s.present
group by all
order by lines desc, s.file, r.reason
