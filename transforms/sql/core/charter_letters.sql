-- Grain: charter school x Dashboard year x student group, as in CDE's charter workbooks; letter is null if the cell is
--        blank.
-- Key: cds, dashboard_year, student_group.
-- Inputs: charter_cells, rule_sets, ref_priority_letters, ref_student_groups.
-- Oddities: a workbook has the letters of its own year and of the Dashboard before. A year's own workbook takes
--           precedence over the next year's.
with kept as (
    select * from charter_cells
    where family in ('current', 'prior') and part in (select student_group from ref_student_groups)
        and row_is_sound
),
placed as (
    select
        k.cds,
        k.part as student_group,
        k.value as letter,
        k.source_id,
        k.line,
        k.heading,
        if(
            k.family = 'current', k.dashboard_year,
            (select max(s.dashboard_year) from rule_sets s where s.dashboard_year < k.dashboard_year)
        ) as dashboard_year,
        k.family = 'current' as own_year
    from kept k
)
select
    p.cds,
    p.dashboard_year::smallint as dashboard_year,
    p.student_group,
    p.letter,
    l.priorities,
    p.source_id,
    p.line::integer as source_line,
    p.heading as source_column
from placed p
left join ref_priority_letters l on l.letter = p.letter
where p.dashboard_year is not null
qualify row_number() over (partition by p.cds, p.dashboard_year, p.student_group order by p.own_year desc) = 1
