-- class: unusual
-- table: eligibility
-- sentence: Where two consecutive determinations each decide {decided_for_counts} LEAs or more, the number of eligible
--   LEAs changes by at most a factor of {counts_grow}.
-- reason: Results from three of four Dashboards change slowly. If the number jumps, find out why before you write to
--   anyone.
with counted as (
    select
        e.determination_year,
        e.pathway as test,
        count(*) filter (e.status = 'eligible') as eligible,
        count(*) filter (e.status in ('eligible', 'not_eligible')) as decided
    from eligibility e where e.pathway in ('continuum', 'wraparound') group by all
    union all
    select
        a.determination_year,
        a.determination,
        count(*) filter (a.status = 'eligible'),
        count(*) filter (a.status in ('eligible', 'not_eligible'))
    from assistance a group by all
),
with_year_before as (
    select
        *,
        lag(determination_year) over w as year_before,
        lag(eligible) over w as eligible_before,
        lag(decided) over w as decided_before
    from counted
    window w as (partition by test order by determination_year)
)
select test, year_before, eligible_before, decided_before, determination_year, eligible, decided
from with_year_before
where decided >= threshold(decided_for_counts) and decided_before >= threshold(decided_for_counts)
    and abs(eligible - eligible_before) >= threshold(eligible_more)
    and (eligible > threshold(counts_grow) * eligible_before * decided / decided_before
        or threshold(counts_grow) * eligible < eligible_before * decided / decided_before)
order by all
