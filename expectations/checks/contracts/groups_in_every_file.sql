-- class: fault
-- table: indicator_results
-- sentence: Every statewide file has rows for each student group that the rules of its year judge by it.
-- reason: If a group is missing from a file, it meets no criterion there, in any LEA.
with judged as (
    select distinct c.dashboard_year, c.indicator, g.student_group
    from rule_conditions c
    join rule_criterion_groups g on g.criterion = c.criterion and g.dashboard_year = c.dashboard_year
),
found as (
    select distinct source_id, student_group from indicator_results where record_type = 'D'
)
select f.source_id, f.file, j.student_group
from source_files f
join source_coverage v on v.source_id = f.source_id and v.statewide
join judged j on j.dashboard_year = f.dashboard_year and j.indicator = f.indicator
anti join found r on r.source_id = f.source_id and r.student_group = j.student_group
where f.layout = 'dashboard'
    and (
        f.indicator not in (select indicator from ref_indicators where reported_for = 'English learners')
            or j.student_group in ('EL', 'LTEL')
    )
order by all
