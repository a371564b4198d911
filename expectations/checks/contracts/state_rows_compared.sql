-- class: unusual
-- severity: info
-- table: indicator_results
-- sentence: Every row of the state has a printed value to compare with, and every statewide file with a printed value
--   has a row of the state.
-- reason: What could not be compared is reported, so that nobody thinks it was compared.
with states as (
    select source_id, bool_or(current_status is not null) as has_status from indicator_results
    where record_type = 'X'
        and student_group = if(
            indicator in (select indicator from ref_indicators where reported_for = 'English learners'), 'EL', 'ALL'
        )
    group by source_id
)
select
    f.source_id,
    f.file,
    f.dashboard_year,
    f.indicator,
    if(s.source_id is null, 'the file has no row of the state', 'no printed value is known') as what_is_missing
from source_files f
left join states s using (source_id)
left join source_coverage c using (source_id)
left join state_values v on v.dashboard_year = f.dashboard_year and v.indicator = f.indicator
where f.layout = 'dashboard'
    and if(s.source_id is null, c.statewide and v.value is not null, s.has_status and v.value is null)
order by all
