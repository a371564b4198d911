-- class: fault
-- table: eligibility
-- sentence: Where a year decides the whole state, somebody is eligible under the continuum, and at most
--   {eligible_share%} percent are.
-- reason: Nobody, or everybody, is what a shifted scale or a wrong column decides.
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
