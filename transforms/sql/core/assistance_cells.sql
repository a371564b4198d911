-- Grain: one cell of an assistance workbook of CDE, with what is wrong with its row.
-- Key: source_id, line, heading.
-- Inputs: raw_assistance, source_files, ref_student_groups, ref_priority_letters.
-- Oddities: '*' stands for blank from 2019 on; 2017 and 2018 leave cells empty; a letter column is named after its
--           student group, where 2017 says MR and later years say TOM.
with trimmed as (
    select
        f.source_id, f.dashboard_year, r.line, blank(r.cds) as cds, r.heading,
        split_part(r.field, ':', 1) as family,
        nullif(split_part(r.field, ':', 2), '') as part,
        blank(r.value) as value
    from raw_assistance r
    join source_files f using (source_id)
),
counted as (
    select *, count(*) over (partition by source_id, cds, heading) as times from trimmed
)
select
    * exclude (part),
    if(family = 'letter', canonical_group(upper(part)), part) as part,
    list_filter([
        problem(not coalesce(regexp_full_match(cds, '[0-9]{14}'), false), 'CDS', cds, 'a CDS code has 14 digits; leading zeros are lost when a spreadsheet saves the file'),
        problem(family = 'letter' and value is not null and value not in (select letter from ref_priority_letters), heading, value, 'a priority letter is A to K, or blank'),
        problem(family = 'letter' and canonical_group(upper(part)) not in (select student_group from ref_student_groups), heading, part, 'the heading names no known student group'),
        problem(family in ('ec52072', 'ec52071f', 'met_method') and value is not null and value not in ('Y', 'N'), heading, value, 'a flag is Y or N'),
        problem(family = 'reporting_year' and left(value, 4) is distinct from dashboard_year::varchar, heading, value, 'the row is of another year than the file name says'),
        problem(times > 1, 'CDS', cds, 'this LEA stands ' || times || ' times in the file')
    ], lambda p: p is not null) as problems
from counted
