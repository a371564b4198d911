-- title: Compare two
-- question: How do two LEAs compare, student group by student group?
-- param: cds_a = required, such as '27661590000000' -- name or CDS code of the first LEA
-- param: cds_b = required, such as '27660680000000' -- name or CDS code of the second LEA
-- param: year = null -- determination year; the latest if not given
with groups as (
    select cds, student_group, years_met, counts
    from continuum_groups
    where cds in ($cds_a, $cds_b) and determination_year = coalesce($year::smallint, (
    select determination_year from eligibility
    order by pathway = 'continuum' and status in ('eligible', 'not_eligible') desc, determination_year desc limit 1
))
)
select
    s.student_group,
    s.name,
    a.years_met as years_met_a,
    a.counts as counts_a,
    b.years_met as years_met_b,
    b.counts as counts_b
from student_groups s
left join groups a on a.student_group = s.student_group and a.cds = $cds_a
left join groups b on b.student_group = s.student_group and b.cds = $cds_b
where len(a.years_met) > 0 or len(b.years_met) > 0
order by greatest(coalesce(len(a.years_met), 0), coalesce(len(b.years_met), 0)) desc, s.student_group
