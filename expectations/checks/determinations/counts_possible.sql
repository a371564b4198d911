-- class: fault
-- table: eligibility
-- sentence: If a year decides the whole state, at least one LEA is eligible under the Continuum of Support, and at most
--   {eligible_share%} percent are.
-- reason: If nobody or almost everybody is eligible, a scale is shifted or a column is wrong.
with counted as (
    select
        determination_year,
        count(*) filter (status = 'eligible') as eligible,
        count(*) filter (status in ('eligible', 'not_eligible')) as decided
    from eligibility where pathway = 'continuum' group by all
)
select determination_year, eligible, decided
from counted
where decided >= threshold(decided_for_a_state) and (eligible = 0 or eligible > threshold(eligible_share) * decided)
order by all
