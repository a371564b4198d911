-- class: fault
-- table: indicator_results
-- sentence: The number of districts and county offices in the statewide files of a year is within
--   {leas_near_last_year_share%} percent of the number on the Dashboard before.
-- reason: California has about a thousand districts, and few appear or disappear in a year.
with statewide as (
    select r.indicator, r.dashboard_year, any_value(r.source_id) as source_id, count(distinct r.cds) as leas
    from indicator_results r
    join source_coverage v on v.source_id = r.source_id and v.statewide
    join ref_indicators i on i.indicator = r.indicator and i.reported_for = 'all'
    where r.record_type = 'D'
    group by r.indicator, r.dashboard_year
),
with_year_before as (
    select
        *,
        lag(leas) over w as leas_before,
        lag(dashboard_year) over w as year_before,
        lag(source_id) over w as prior_source_id
    from statewide
    window w as (partition by indicator order by dashboard_year)
)
select source_id, prior_source_id, indicator, year_before, leas_before, dashboard_year, leas
from with_year_before
where abs(leas - leas_before) > threshold(leas_near_last_year_share) * leas_before
order by all
