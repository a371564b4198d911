-- class: impossible
-- table: pathway_register
-- sentence: Every case of every register is in the pathway register exactly once.
-- reason: A recorded act must not get lost between register and result.
with entered as (
    select case_id from reg_cases
),
kept as (
    select case_id, count(*) as times from pathway_register group by all
)
select coalesce(e.case_id, k.case_id) as case_id, coalesce(k.times, 0) as times
from entered e
full join kept k using (case_id)
where e.case_id is null or k.times is distinct from 1
