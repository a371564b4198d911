-- class: unusual
-- severity: info
-- table: assistance
-- sentence: No status of assistance differs from the release before.
-- reason: A letter in another column keeps its workbook sound and may still change who is assisted; CDE publishes no
--   flag for three consecutive Dashboards. Years that only one of the two releases has are left out.
select cds, n.lea_name, determination_year, determination, b.status as status_before, n.status as status_after
from assistance n
join before.assistance b using (cds, determination_year, determination)
where n.status <> b.status
order by cds, determination_year, determination
