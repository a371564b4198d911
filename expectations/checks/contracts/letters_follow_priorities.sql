-- class: impossible
-- table: student_group_history
-- sentence: Every letter means the priorities next to it, and every set of two or more priorities has its letter.
-- reason: CDE writes sets of priorities as letters. A letter for another set contradicts the verdict.
with written as (
    select
        'assistance_letters' as table_name,
        cds,
        dashboard_year,
        student_group,
        letter,
        priorities
    from assistance_letters where letter is not null
    union all
    select 'charter_letters', cds, dashboard_year, student_group, letter, priorities
    from charter_letters where letter is not null
    union all
    select 'student_group_history', cds, dashboard_year, student_group, letter, priorities_met
    from student_group_history
    where letter is not null or (meets_criteria and len(priorities_unknown) = 0)
)
select w.* from written w
left join ref_priority_letters r on r.letter = w.letter
where r.priorities is distinct from w.priorities
order by w.cds, w.dashboard_year, w.student_group
