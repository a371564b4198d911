-- class: unusual
-- table: predecessor_years
-- sentence: No file lists a predecessor after the day on which its successor's code began, and none lacks both codes
--   between that day and the successor's first listing.
-- reason: A day that the files contradict gives years to the wrong code. Until it is corrected the years in doubt count
--   for both codes, and what they would change is not determined.
select distinct
    g.cds,
    l.lea_name,
    g.predecessor_cds,
    g.predecessor_name,
    g.succession_date,
    g.dashboard_year,
    g.day_doubt
from predecessor_groups g
join leas l using (cds)
where g.day_doubt is not null
order by all
