-- Grain: CDS code x Dashboard year with rules in which the code was no LEA.
-- Key: cds, dashboard_year.
-- Inputs: directory, reg_successions, rule_sets.
-- Oddities: the directory shows that the LEA had closed before the school year of that Dashboard, or was not open yet;
--           the register of successions shows that another code had followed before. A file of the year that lists the
--           code is stronger: models that read this table look at the files first.
with codes as (
    select cds, open_date, closed_date + 1 as ended_on from directory
    union all
    select predecessor_cds, null, succession_date from reg_successions
)
select distinct c.cds, s.dashboard_year
from codes c
join rule_sets s on c.ended_on <= make_date(s.dashboard_year - 1, 7, 1)
    or c.open_date > make_date(s.dashboard_year, 12, 31)
