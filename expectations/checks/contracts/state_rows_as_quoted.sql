-- class: unusual
-- table: indicator_results
-- sentence: The state's row of a file has the status that others quoted from CDE for the state for that year and
--   indicator.
-- reason: A quotation may refer to another rate. Figures one tenth apart agree.
select r.source_id, f.file, r.student_group, r.current_status, v.value as quoted, v.printed_by, v.title, v.source_url
from indicator_results r
join source_files f using (source_id)
join state_values v on v.dashboard_year = r.dashboard_year and v.indicator = r.indicator
where r.record_type = 'X'
    and r.student_group = if(
        r.indicator in (select indicator from ref_indicators where reported_for = 'English learners'), 'EL', 'ALL'
    )
    and v.printed_by <> 'CDE'
    and (
        r.current_status is null
            or abs(
                round(r.current_status, v.decimals)::decimal(18, 4) - v.value::decimal(18, 4)
            ) > threshold(printed_within)
    )
order by all
