-- Grain: LEA x Dashboard year x student group flag in CDE's workbooks: the priority letter of each group, and the
--        number of groups with a letter.
-- Key: cds, dashboard_year, flag.
-- Inputs: student_group_history, assistance_leas, charter_letters, assistance_flags, charter_flags.
-- Oddities: letters are compared only if ours come from indicator rows; if ours are CDE's own letters, there is nothing
--           to compare.
with listed as (
    select cds, dashboard_year from assistance_leas
    union
    select cds, dashboard_year from charter_letters
),
totals as (
    select cds, dashboard_year, value from assistance_flags where flag = 'total_student_groups'
    union all
    select cds, dashboard_year, value from charter_flags where flag = 'total_student_groups'
)
select
    h.cds,
    h.dashboard_year,
    'letter:' || h.student_group as flag,
    'letter' as kind,
    coalesce(h.letter, '-') as ours,
    coalesce(h.cde_letter, '-') as cde,
    h.meets_criteria is null or len(h.priorities_unknown) > 0 as unknown,
    h.note as because
from student_group_history h
join listed using (cds, dashboard_year)
where h.basis = 'indicators'
union all by name
select
    h.cds,
    h.dashboard_year,
    'total_student_groups' as flag,
    'total' as kind,
    count(*) filter (h.meets_criteria)::varchar as ours,
    any_value(try_cast(t.value as double)::integer::varchar) as cde,
    bool_or(h.meets_criteria is null) as unknown
from student_group_history h
join totals t using (cds, dashboard_year)
where t.value is not null
group by h.cds, h.dashboard_year
