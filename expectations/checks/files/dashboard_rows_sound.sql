-- class: fault
-- table: rejects
-- sentence: In each column of a Dashboard file, at least {file_rows_sound_share%} percent of the rows have a valid
--   value, or fewer than {file_rows_unsound} rows do not.
-- reason: A single bad row is rejected. Many bad rows are evidence about their file: it is from another year, lost
--   leading zeros, has a shifted column, or has doubled rows.
-- Rows that contradict themselves are a separate matter: the reader refuses a file with many of them. So is a new
-- student group: everything_placed reports it. In cds, only invalid codes are rejected, and rows with the same code and
-- student group.
with unsound as (
    select r.source_id, r.file, r.line, r.column_name, r.value, r.reason, f.rows_in
    from rejects r
    join source_files f using (source_id)
    left join unknown_groups n on n.source_id = r.source_id and n.student_group = r.value
    where f.layout = 'dashboard'
        and (
            r.column_name in ('cds', 'rtype', 'reportingyear')
            or (r.column_name = 'studentgroup' and n.student_group is null)
            or (r.column_name in ('currstatus', 'currdenom') and try_cast(trim(r.value) as double) is null)
            or (r.column_name in ('statuslevel', 'color') and not regexp_full_match(trim(r.value), '[0-5](\.0+)?'))
        )
)

select source_id, file, line, column_name, value, reason
from unsound
qualify count(*) over (partition by source_id, column_name) >= threshold(file_rows_unsound)
    and count(*) over (partition by source_id, column_name) > (1 - threshold(file_rows_sound_share)) * rows_in
order by file, column_name, line
