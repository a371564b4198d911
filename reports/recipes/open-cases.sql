-- title: Open cases
-- question: Which recorded cases are open, and what is missing?
-- param: year = null -- determination year; the latest if not given
select p.name as pathway, r.lea_name, c.cds, c.case_id, c.case_state, c.case_finding, c.known_from, c.as_of, r.evidence
from case_states c
join pathway_register r using (case_id)
join pathways p on p.pathway = c.pathway
where c.case_state <> 'closed' and c.determination_year = coalesce($year::smallint, (
    select determination_year from eligibility
    order by pathway = 'continuum' and status in ('eligible', 'not_eligible') desc, determination_year desc limit 1
))
order by p.position, c.known_from, c.case_id
