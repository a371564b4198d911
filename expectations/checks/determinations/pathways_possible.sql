-- class: impossible
-- table: eligibility
-- sentence: An LEA is eligible by a recorded pathway only if a case is on record, and never eligible under the
--   Continuum of Support if no student group has a result.
-- reason: Eligibility must come from a record or from results.
select e.cds, e.determination_year, e.pathway, e.status
from eligibility e
join pathways p using (pathway)
left join continuum c on c.cds = e.cds and c.determination_year = e.determination_year
left join case_states s
    on s.cds = e.cds and s.determination_year = e.determination_year and s.pathway = e.pathway and s.status = 'eligible'
where e.status = 'eligible'
    and (
        (p.decided = 'recorded' and s.case_id is null)
            or (e.pathway = 'continuum' and c.groups_that_may_have_result = 0)
    )
