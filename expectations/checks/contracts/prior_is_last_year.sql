-- class: fault
-- table: indicator_results
-- sentence: What a file gives as the prior year's status is, in at least half of its rows, what the file of that year gave.
-- reason: Two years that are exchanged, or last year's file under this year's name, do not fit the files beside them. CDE recalculates some values.
with pairs as (
    select n.source_id, o.source_id as prior_source_id, count(*) as row_count, count(*) filter (abs(n.prior_status - o.current_status) < 0.11) as same
    from indicator_results n
    join indicator_results o
        on o.cds = n.cds and o.indicator = n.indicator and o.student_group = n.student_group and o.dashboard_year = n.dashboard_year - 1 and o.record_type = 'D'
    where n.record_type = 'D' and n.prior_status is not null and o.current_status is not null
    group by all
)
select p.source_id, f.file, p.prior_source_id, p.row_count, p.same
from pairs p
join source_files f using (source_id)
where p.row_count >= 100 and p.same < 0.5 * p.row_count
order by all
