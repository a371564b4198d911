-- title: New or continuing
-- question: Which LEAs are newly eligible, still eligible or no longer eligible?
-- param: year = null -- later year; the latest if not given
select c.change, p.name as pathway, c.lea_name, c.cds, c.from_year, c.to_year, c.groups_added, c.groups_removed
from changes c
join pathways p using (pathway)
where c.to_year = coalesce($year::smallint, (select max(to_year) from changes))
    and c.change in ('newly_eligible', 'continuing', 'no_longer')
order by list_position(['newly_eligible', 'no_longer', 'continuing'], c.change), p.position, c.lea_name, c.cds
