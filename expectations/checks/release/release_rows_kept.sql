-- class: fault
-- table: meta_tables
-- sentence: No table has lost more than {reissue_rows_lost_share%} percent of the rows that it had in the release before, where data changed.
-- reason: Tables of results grow. Those whose rows are findings, as rejects and changes, are left aside. What rules or code alone change is no loss of data.
-- Records that people keep are looked at one by one: release_records_kept.
select b.table_name, b.row_count as rows_before, n.row_count as rows_now
from before.meta_tables b
left join meta_tables n on n.table_name = b.table_name
where coalesce(n.row_count, 0) < (1 - threshold(reissue_rows_lost_share)) * b.row_count and b.table_name not like 'meta_%'
    and b.table_name not in ('rejects', 'changes', 'watch_list', 'eligible_districts', 'interim_certifications', 'state_loans', 'state_loan_events', 'loan_states', 'pathway_register', 'case_states',
        'calpads_certifications', 'successions', 'predecessor_years', 'necessity_determinations')
    and exists (select 1 from changed_inputs where by_default = 'data' or data_changed)
order by b.table_name
