-- title: What changed
-- question: What changed since the determination year before?
-- param: year = null -- later year; the latest if not given
select
    c.county,
    c.lea_name,
    c.cds,
    p.name as pathway,
    c.change,
    c.status_before,
    c.status_after,
    c.groups_added,
    c.groups_removed,
    c.sentence
from changes c
join pathways p using (pathway)
where c.to_year = coalesce($year::smallint, (select max(to_year) from changes)) and c.change <> 'continuing'
order by c.county, c.lea_name, c.cds, p.position
