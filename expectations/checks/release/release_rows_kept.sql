-- class: fault
-- table: meta_tables
-- sentence: If data changed, no table lost more than {reissue_rows_lost_share%} percent of the rows that it had in the
--   release before.
-- reason: Tables of results grow. Tables whose rows are findings, such as rejects and changes, are left out. A change
--   by rules or code alone is no loss of data.
-- release_records_kept checks each record that people keep. Rows of an unused file do not count. If a file is unused,
-- tables whose rows name no file do not count either: what depended on the file is not determined, and
-- release_verdicts_kept counts these verdicts.
with refused as (
    select distinct u.source_id from meta_unused_files u join meta_sources s using (source_id) where not s.present
),
naming_files as (
    select 'indicator_results' as table_name, source_id from before.indicator_results
    union all by name select 'assistance_flags' as table_name, source_id from before.assistance_flags
    union all by name select 'assistance_letters' as table_name, source_id from before.assistance_letters
    union all by name select 'charter_flags' as table_name, source_id from before.charter_flags
    union all by name select 'charter_letters' as table_name, source_id from before.charter_letters
    union all by name select 'directory' as table_name, source_id from before.directory
    union all by name select 'local_indicators' as table_name, source_id from before.local_indicators
    union all by name select 'low_performing' as table_name, source_id from before.low_performing
),
of_refused as (
    select table_name, count(*) filter (source_id in (from refused)) as rows_of_refused
    from naming_files where exists (from refused) group by table_name
)
select b.table_name, b.row_count as rows_before, r.rows_of_refused, n.row_count as rows_now
from before.meta_tables b
left join meta_tables n on n.table_name = b.table_name
left join of_refused r on r.table_name = b.table_name
where coalesce(n.row_count, 0)
        < (1 - threshold(reissue_rows_lost_share)) * (b.row_count - coalesce(r.rows_of_refused, 0))
    and b.table_name not like 'meta_%'
    and b.table_name not in (
        'rejects', 'changes', 'watch_list', 'eligible_districts', 'interim_certifications', 'state_loans',
        'state_loan_events', 'loan_states', 'pathway_register', 'case_states', 'calpads_certifications', 'successions',
        'predecessor_years', 'necessity_determinations'
    )
    and exists (select 1 from changed_inputs where by_default = 'data' or data_changed)
    and (r.table_name is not null or not exists (from refused))
order by b.table_name
