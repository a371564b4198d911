-- class: fault
-- table: meta_sources
-- sentence: No source file lost more than {reissue_rows_lost_share%} percent of the rows that it had in the release
--   before.
-- reason: CDE reissues files in place. A reissue corrects rows; it does not lose them.
select b.source_id, n.file, b.rows_in as rows_before, n.rows_in as rows_now
from before.meta_sources b
join meta_sources n on n.source_id = b.source_id and n.present
where b.present and n.rows_in < (1 - threshold(reissue_rows_lost_share)) * b.rows_in
order by b.source_id
