-- class: unusual
-- severity: info
-- table: meta_release_changes
-- sentence: No verdict differs from the release before.
-- reason: Anyone who acts on a verdict wants to know which verdicts are new. meta_release_changes lists all of them.
select cds, lea_name, determination_year, pathway, change, status_before, status_after
from meta_release_changes
where status_before <> 'absent'
order by cds, determination_year, pathway
