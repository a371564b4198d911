-- class: fault
-- table: meta_sources
-- sentence: Every source file of the release before is loaded again, or it is known why it is not used.
-- reason: A file that is gone without an explanation was removed, and what it decided becomes undetermined.
--   files_not_used shows a file that was found and refused. What depended on it is not determined, and
--   release_verdicts_kept and release_eligible_band count these verdicts.
select b.source_id, b.file, b.dashboard_year, b.rows_in
from before.meta_sources b
left join meta_sources n on n.source_id = b.source_id
where b.present and not coalesce(n.present, false)
    and b.source_id not in (select source_id from meta_unused_files where source_id is not null)
order by b.source_id
