-- title: What is not determined
-- question: Which verdicts are not determined, and what is missing?
-- param: year = null -- determination year; the latest if not given
select
    e.county,
    e.lea_name,
    e.cds,
    p.name as pathway,
    e.reason,
    -- the open question of Wraparound is about a repaid loan
    if(
        e.pathway = 'wraparound' and not exists (
            from loan_states s
            where s.cds = e.cds and s.determination_year = e.determination_year and starts_with(s.loan_state, 'repaid')
        ), null, nullif(p.open_question, '')
    ) as open_question
from eligibility e
join pathways p using (pathway)
where e.status = 'undetermined' and e.determination_year = coalesce($year::smallint, (
    select determination_year from eligibility
    order by pathway = 'continuum' and status in ('eligible', 'not_eligible') desc, determination_year desc limit 1
))
order by e.county, e.lea_name, e.cds, p.position
