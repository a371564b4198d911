-- title: Groups that make LEAs eligible
-- question: Which student groups make LEAs eligible under the Continuum of Support?
-- param: year = null -- determination year; the latest if not given
with eligible as (
    select cds, lea_name, unnest(student_groups) as student_group
    from eligibility
    where pathway = 'continuum' and status = 'eligible'
        and determination_year = coalesce($year::smallint, (
    select determination_year from eligibility
    order by pathway = 'continuum' and status in ('eligible', 'not_eligible') desc, determination_year desc limit 1
))
)
select student_group, s.name, count(*) as leas, string_agg(lea_name, ', ' order by lea_name) as which
from eligible
join student_groups s using (student_group)
group by all
order by leas desc, student_group
