-- class: fault
-- table: indicator_results
-- sentence: In at least 99 of 100 rows of a file no more students are counted than there are.
-- reason: Single rows can be CDE's; many are exchanged or shifted columns, and the size test looks at the wrong one.
select r.source_id, any_value(f.file) as file, count(*) as row_count, count(*) filter (r.current_numerator > r.current_denominator) as that_exceed
from indicator_results r
join source_files f using (source_id)
where r.current_numerator is not null and r.current_denominator is not null
group by r.source_id
having count(*) filter (r.current_numerator > r.current_denominator) > greatest(5, 0.01 * count(*))
order by all
