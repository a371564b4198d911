-- severity: warning
-- class: unusual
-- table: leas
-- sentence: No code begins on the Dashboard after one on which another of the same name ends, unless the register has the succession.
-- reason: CDE gives a new code to an LEA that moves or merges. Its years under the earlier code are then missing from its history.
with dashboards as (
    select dashboard_year, lead(dashboard_year) over (order by dashboard_year) as next_year
    from (select distinct dashboard_year from lea_years where basis <> 'none')
)
select a.lea_name, a.cds as code_that_ends, a.last_dashboard_year, b.cds as code_that_begins, b.first_dashboard_year
from leas a
join dashboards d on d.dashboard_year = a.last_dashboard_year
join leas b on b.first_dashboard_year = d.next_year and b.lea_type = a.lea_type and lower(b.lea_name) = lower(a.lea_name) and b.cds <> a.cds
where not exists (select 1 from reg_successions s where s.predecessor_cds = a.cds and s.successor_cds = b.cds)
order by a.lea_name, a.cds
