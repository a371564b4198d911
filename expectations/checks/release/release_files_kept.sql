-- class: fault
-- table: meta_sources
-- sentence: Every source file of the release before is loaded again.
-- reason: Without it what was decided becomes undetermined. A file that cannot be refreshed is taken from the store; one that is gone was removed.
select b.source_id, b.file, b.dashboard_year, b.rows_in
from before.meta_sources b
left join meta_sources n on n.source_id = b.source_id
where b.present and not coalesce(n.present, false)
order by b.source_id
