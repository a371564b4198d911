-- title: Charter schools
-- question: Which charter schools met the criteria on both Dashboards (EC 47607.3)?
-- param: year = null -- determination year; the latest if not given
select a.county, a.lea_name, a.cds, a.status, a.student_groups, a.reason, a.cde_value, a.agrees_with_cde
from assistance a
where a.determination = 'charter' and a.determination_year = coalesce($year::smallint, (
    select determination_year from eligibility
    order by pathway = 'continuum' and status in ('eligible', 'not_eligible') desc, determination_year desc limit 1
))
order by a.status, a.county, a.lea_name, a.cds
