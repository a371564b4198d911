-- class: fault
-- table: indicator_results
-- sentence: The number of districts and county offices in the statewide files of a year is within five percent of the Dashboard before.
-- reason: California has about a thousand districts, and few appear or disappear in a year.
with statewide as (
    select r.indicator, r.dashboard_year, count(distinct r.cds) as leas
    from indicator_results r
    join source_coverage v on v.source_id = r.source_id and v.statewide
    join ref_indicators i on i.indicator = r.indicator and i.reported_for = 'all'
    where r.record_type = 'D'
    group by all
),
beside as (
    select *, lag(leas) over (partition by indicator order by dashboard_year) as leas_before, lag(dashboard_year) over (partition by indicator order by dashboard_year) as year_before
    from statewide
)
select indicator, year_before, leas_before, dashboard_year, leas
from beside
where abs(leas - leas_before) > 0.05 * leas_before
order by all
