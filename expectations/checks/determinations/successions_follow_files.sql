-- class: unusual
-- table: predecessor_years
-- sentence: No file lists a predecessor after its successor's code began, or a new code before that day. No file
--   between that day and the successor's first listing lacks both codes.
-- reason: If the files contradict the day, years count for the wrong code. Until the day is corrected, the years in
--   doubt count for both codes, and verdicts that they would change are not determined.
-- In a merger or a lapsation, the successor may be a code that existed before.
with doubts as (
    select distinct
        cds,
        predecessor_cds,
        predecessor_name,
        succession_date,
        dashboard_year,
        day_doubt
    from predecessor_groups
    where day_doubt is not null
    union all
    select
        s.successor_cds as cds,
        s.predecessor_cds,
        s.predecessor_name,
        s.succession_date,
        y.dashboard_year,
        'listed_before' as day_doubt
    from reg_successions s
    join lea_years y on y.cds = s.successor_cds and y.in_files
        and make_date(y.dashboard_year, 6, 30) < s.succession_date
    where s.kind in ('county_transfer', 'unification', 'charter_moved')
)
select
    d.cds,
    l.lea_name,
    d.predecessor_cds,
    d.predecessor_name,
    d.succession_date,
    d.dashboard_year,
    d.day_doubt
from doubts d
join leas l using (cds)
order by all
