-- class: unusual
-- table: indicator_results
-- sentence: The state's row of a file has the status that CDE printed for the state for that year and indicator.
-- reason: A different status can come from another edition, year or rate. Figures one tenth apart agree, because CDE's
--   own figures differ that much. If CDE reissued the file, add its new printed value to state_values.csv.
select r.source_id, f.file, r.student_group, r.current_status, v.value as printed, v.title, v.source_url
from indicator_results r
join source_files f using (source_id)
join state_values v on v.dashboard_year = r.dashboard_year and v.indicator = r.indicator
where r.record_type = 'X'
    and r.student_group = if(
        r.indicator in (select indicator from ref_indicators where reported_for = 'English learners'), 'EL', 'ALL'
    )
    and v.printed_by = 'CDE'
    and (
        r.current_status is null
            or abs(
                round(r.current_status, v.decimals)::decimal(18, 4) - v.value::decimal(18, 4)
            ) > threshold(printed_within)
    )
order by all
