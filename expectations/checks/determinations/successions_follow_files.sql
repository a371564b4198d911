-- class: unusual
-- table: predecessor_years
-- sentence: No file lists a predecessor after the day on which its successor's code began, or a new code before that
--   day, and none lacks both codes between that day and the successor's first listing.
-- reason: A day that the files contradict gives years to the wrong code. Until it is corrected the years in doubt count
--   for both codes, and what they would change is not determined.
-- A merger or a lapsation may go on under a code that was there before.
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
