-- Grain: LEA x Dashboard year x student group, as in CDE's assistance workbook; letter is null if the cell is blank.
-- Key: cds, dashboard_year, student_group.
-- Inputs: assistance_cells, assistance_rows_rejected, ref_priority_letters, ref_student_groups.
-- Oddities: the column of an unknown group is left out; meta_sources lists the columns that are not read.
select
    c.cds,
    c.dashboard_year,
    c.part as student_group,
    c.value as letter,
    l.priorities,
    c.source_id,
    c.line::integer as source_line,
    c.heading as source_column
from assistance_cells c
left join ref_priority_letters l on l.letter = c.value
anti join assistance_rows_rejected x on x.source_id = c.source_id and x.line = c.line
where c.family = 'letter' and c.part in (select student_group from ref_student_groups)
