-- class: unusual
-- table: eligibility
-- sentence: Where a year decides the whole state, between half and twice as many LEAs are eligible as in the determination before.
-- reason: Three of four Dashboards change slowly: a jump is a question to ask before anybody is written to.
with counted as (
    select e.determination_year, e.pathway as test, count(*) filter (e.status = 'eligible') as eligible,
        count(*) filter (e.status in ('eligible', 'not_eligible')) as decided
    from eligibility e where e.pathway in ('continuum', 'wraparound') group by all
    union all
    select a.determination_year, a.determination, count(*) filter (a.status = 'eligible'), count(*) filter (a.status in ('eligible', 'not_eligible'))
    from assistance a group by all
),
beside as (
    select *, lag(determination_year) over w as year_before, lag(eligible) over w as eligible_before, lag(decided) over w as decided_before
    from counted
    window w as (partition by test order by determination_year)
)
select test, year_before, eligible_before, decided_before, determination_year, eligible, decided
from beside
where decided >= 100 and decided_before >= 100 and abs(eligible - eligible_before) >= 10
    and (eligible > 2.0 * eligible_before * decided / decided_before or eligible < 0.5 * eligible_before * decided / decided_before)
order by all
