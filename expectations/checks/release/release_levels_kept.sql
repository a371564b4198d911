-- class: fault
-- table: indicator_results
-- sentence: A reissued file gives another status level or color to at most two percent of the rows of districts and county offices.
-- reason: Corrections concern single LEAs; a file in which many levels differ is of another year, or its scale has shifted.
with changed as (
    select n.source_id from meta_sources n join before.meta_sources b on b.source_id = n.source_id where n.present and b.sha256 is distinct from n.sha256
)
select n.source_id, any_value(f.file) as file, count(*) as rows_in_both,
    count(*) filter (n.status_level is distinct from b.status_level or n.color is distinct from b.color) as rows_that_differ
from indicator_results n
join before.indicator_results b
    on b.cds = n.cds and b.dashboard_year = n.dashboard_year and b.indicator = n.indicator and b.student_group = n.student_group
join source_files f on f.source_id = n.source_id
where n.record_type = 'D' and n.source_id in (from changed)
group by n.source_id
having count(*) filter (n.status_level is distinct from b.status_level or n.color is distinct from b.color) > greatest(5, 0.02 * count(*))
order by all
