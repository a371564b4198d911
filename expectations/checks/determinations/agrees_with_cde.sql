-- class: unusual
-- table: reconciliation
-- sentence: Our letters, methods, statuses and flags are those that CDE published, but for accepted differences.
-- reason: A difference is a wrong rule, a reissued file, or a correction of CDE's; a person must look.
select cds, lea_name, dashboard_year, flag, ours, cde from reconciliation
where class not in ('agree', 'not_comparable') and not accepted
order by cds, dashboard_year, flag
