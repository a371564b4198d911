-- Grain: one row of a source file that was kept aside, and one reason why.
-- Key: source_id, line, column_name, reason.
-- Inputs: raw_rejects, dashboard_faults, assistance_cells, local_rows, directory_rows, charter_cells, low_performing_rows,
--         lcap_goal_rows, source_files.
-- Oddities: a row with two faults stands here twice; rows are counted by (source_id, line). A control character is shown as U+FFFD.
with found as (
    select source_id, line, "column" as column_name, value, reason, null as cds, null as record_type, null as student_group from raw_rejects
    union all
    select source_id, line, "column", value, reason, cds, record_type, student_group from dashboard_faults
    union all
    select distinct source_id, line, p."column", p.value, p.reason, cds, 'D', null
    from assistance_cells, unnest(problems) as u(p)
    union all
    select source_id, line, p."column", p.value, p.reason, cds, null, null
    from local_rows, unnest(problems) as u(p)
    union all
    select source_id, line, p."column", p.value, p.reason, cds, null, null
    from directory_rows, unnest(problems) as u(p)
    union all
    select distinct source_id, line, p."column", p.value, p.reason, cds, 'S', null
    from charter_cells, unnest(problems) as u(p)
    union all
    select source_id, line, p."column", p.value, p.reason, cds, null, student_group
    from low_performing_rows, unnest(problems) as u(p)
    union all
    select source_id, line, p."column", p.value, p.reason, cds, null, null
    from lcap_goal_rows, unnest(problems) as u(p)
)
select
    f.source_id, s.file, s.dashboard_year, s.indicator, f.line::integer as line, without_hidden(f.column_name) as column_name,
    without_hidden(f.value) as value, without_hidden(f.reason) as reason, without_hidden(f.cds) as cds,
    without_hidden(f.record_type) as record_type, without_hidden(f.student_group) as student_group
from found f
join source_files s using (source_id)
