-- class: fault
-- table: indicator_results
-- sentence: In at most {numerators_exceed_share%} percent of the rows of a file, the numerator is larger than the
--   denominator.
-- reason: Some such rows are CDE's own: 275 of 8,587 in the English Learner Progress file of 2017. Many mean that
--   columns were exchanged, and the size test uses the wrong one.
with counted as (
    select source_id, count(*) as row_count, count(*) filter (current_numerator > current_denominator) as that_exceed
    from indicator_results
    where current_numerator is not null and current_denominator is not null
    group by source_id
)
select c.source_id, f.file, c.row_count, c.that_exceed
from counted c
join source_files f using (source_id)
where c.row_count >= threshold(rows_for_a_share) and c.that_exceed > threshold(numerators_exceed_share) * c.row_count
order by all
