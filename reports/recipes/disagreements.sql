-- title: Differences from CDE
-- question: Where do our results differ from CDE's flags, and where is no comparison possible?
select
    flag,
    class,
    explanation,
    count(*) as leas_and_years,
    count(*) filter (accepted) as accepted,
    string_agg(distinct dashboard_year::varchar, ', ' order by dashboard_year::varchar) as dashboards,
    min(lea_name) as example
from reconciliation
where class <> 'agree'
group by all
order by class, flag
