-- class: fault
-- table: eligibility
-- sentence: Where a year decides the whole state, somebody is eligible under the continuum, and not more than four times as many as in the determination before.
-- reason: Nobody, or everybody, is what a shifted scale or a wrong column decides.
with counted as (
    select determination_year, count(*) filter (status = 'eligible') as eligible, count(*) filter (status in ('eligible', 'not_eligible')) as decided
    from eligibility where pathway = 'continuum' group by all
),
beside as (
    select *, lag(determination_year) over w as year_before, lag(eligible) over w as eligible_before, lag(decided) over w as decided_before
    from counted
    window w as (order by determination_year)
)
select year_before, eligible_before, decided_before, determination_year, eligible, decided
from beside
where decided >= 100
    and (eligible = 0 or eligible > 0.5 * decided or (decided_before >= 100 and eligible_before > 0 and eligible >= 10 and eligible > 4.0 * eligible_before * decided / decided_before))
order by all
