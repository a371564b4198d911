-- title: Why an LEA is on the list
-- question: Why is this LEA on the list, or why is it not?
-- param: cds = required, such as '27660680000000' -- name or CDS code
-- param: year = null -- determination year; the latest if not given
select
    p.name as pathway,
    e.status,
    e.statute,
    e.reason,
    e.student_groups,
    e.decided_by,
    e.cde_flag,
    e.agrees_with_cde,
    e.as_of
from eligibility e
join pathways p using (pathway)
where e.cds = $cds and e.determination_year = coalesce($year::smallint, (
    select determination_year from eligibility
    order by pathway = 'continuum' and status in ('eligible', 'not_eligible') desc, determination_year desc limit 1
))
order by p.position
