-- class: impossible
-- table: student_groups
-- sentence: Every student group code in every table is a known code.
-- reason: No rule judges an unknown code, and its students would disappear.
with used as (
    select distinct 'indicator_results' as table_name, student_group from indicator_results
    union all
    select distinct 'assistance_letters', student_group from assistance_letters
    union all
    select distinct 'charter_letters', student_group from charter_letters
    union all
    select distinct 'student_group_history', student_group from student_group_history
    union all
    select distinct 'evidence', student_group from evidence
    union all
    select distinct 'continuum_groups', student_group from continuum_groups
    union all
    select distinct 'watch_list', student_group from watch_list
    union all
    select distinct 'eligibility', unnest(student_groups) from eligibility
)
select u.table_name, u.student_group from used u
anti join student_groups g on g.student_group = u.student_group
order by all
