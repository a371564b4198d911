-- class: unusual
-- severity: info
-- table: assistance
-- sentence: No assistance status differs from the release before.
-- reason: A letter in the wrong column can change who is assisted without a fault in its workbook. Before 2025, CDE
--   publishes no flag for three consecutive Dashboards. Years that are in only one of the two releases are left out.
select cds, n.lea_name, determination_year, determination, b.status as status_before, n.status as status_after
from assistance n
join before.assistance b using (cds, determination_year, determination)
where n.status <> b.status
order by cds, determination_year, determination
