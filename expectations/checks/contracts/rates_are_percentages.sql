-- class: fault
-- table: indicator_results
-- sentence: Rates are written as percentages, not as fractions.
-- reason: 0.183 instead of 18.3 is also between 0 and 100.
select r.source_id, any_value(f.file) as file, max(r.current_status) as largest_status, count(*) as row_count
from indicator_results r
join source_files f using (source_id)
join ref_indicators i on i.indicator = r.indicator
where i.unit like 'percent%' and r.current_status is not null
group by r.source_id
having count(*) >= threshold(rows_for_units) and max(r.current_status) <= threshold(fraction_at_most)
order by all
