-- Grain: rejected row of a source file or register x reason.
-- Key: source_id, line, column_name, reason.
-- Inputs: raw_rejects, dashboard_faults, assistance_cells, assistance_statuses_compared, local_rows, directory_rows,
--         charter_cells, low_performing_rows, lcap_goal_rows, source_files, register_rejects.
-- Oddities: a row with two faults appears twice; count rows by (source_id, line). A code of 13 digits lost its leading
--           zero in a spreadsheet, so its LEA is still known. Rows of registers have the source_id registers/<name>. A
--           control character is shown as U+FFFD.
with found as (
    select
        source_id,
        line,
        "column" as column_name,
        value,
        reason,
        cds,
        null as record_type,
        null as student_group
    from raw_rejects
    union all
    select source_id, line, "column", value, reason, cds, record_type, student_group from dashboard_faults
    union all
    select distinct source_id, line, p."column", p.value, p.reason, cds, 'D', null
    from assistance_cells, unnest(problems) as u(p)
    union all
    select
        source_id,
        line,
        heading,
        status,
        case
            when remembered is null then note_status_not_remembered(reported_by_file, reported_in, dashboard_year)
            else note_status_remembered(reported_by_file, reported_in, dashboard_year, remembered)
        end,
        cds,
        'D',
        null
    from assistance_statuses_compared where contradicts
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
),
of_registers as (
    select 'registers/' || register as source_id, file, line, column_name, value, reason, cds from register_rejects
)
select
    f.source_id,
    s.file,
    s.dashboard_year,
    s.indicator,
    f.line::integer as line,
    without_hidden(f.column_name) as column_name,
    without_hidden(f.value) as value,
    without_hidden(f.reason) as reason,
    case
        when regexp_full_match(f.cds, '[0-9]{13}') then note_saved_by_a_spreadsheet(s.file)
        else note_compare_with_cde(f.line, s.file)
    end as what_to_do,
    without_hidden(if(regexp_full_match(f.cds, '[0-9]{13}'), '0' || f.cds, f.cds)) as cds,
    without_hidden(f.record_type) as record_type,
    without_hidden(f.student_group) as student_group
from found f
join source_files s using (source_id)
union all
select
    source_id,
    file,
    null,
    null,
    line::integer,
    column_name,
    value,
    reason,
    note_correct_register(line, file),
    cds,
    null,
    null
from of_registers
