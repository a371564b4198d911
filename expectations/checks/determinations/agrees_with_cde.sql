-- class: unusual
-- table: reconciliation
-- sentence: Our letters, methods, statuses and flags match those that CDE published, except for accepted differences.
-- reason: A difference means a wrong rule, a reissued file or a correction by CDE. A person must review it.
select cds, lea_name, dashboard_year, flag, ours, cde from reconciliation
where class not in ('agree', 'not_comparable') and not accepted
order by cds, dashboard_year, flag
