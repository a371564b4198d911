-- class: fault
-- table: assistance
-- sentence: At least {file_rows_sound_share%} percent of the rows of a workbook give the same assistance status as a
--   later workbook, or fewer than {file_rows_unsound} rows differ.
-- reason: Later workbooks repeat the statuses of earlier years. A single row that differs is rejected. If many differ,
--   one of the two files is from another year, or its rows or columns were moved.
with counted as (
    select
        source_id,
        reported_by as told_by_source_id,
        count(*) as row_count,
        count(*) filter (contradicts) as that_differ,
        min(line) filter (contradicts) as first_line
    from assistance_statuses_compared
    group by all
)
select c.source_id, f.file, c.told_by_source_id, o.file as told_by_file, c.row_count, c.that_differ, c.first_line
from counted c
join source_files f using (source_id)
join source_files o on o.source_id = c.told_by_source_id
where c.that_differ >= threshold(file_rows_unsound)
    and c.that_differ > (1 - threshold(file_rows_sound_share)) * c.row_count
order by all
