-- Grain: one row of CDE's list under EC 52064(e)(5): an LEA with the student groups listed, and the row's problems.
-- Key: source_id, line.
-- Inputs: raw_lcap_goals, source_files, student_group_words.
-- Oddities: one cell lists all groups, by code or in words that CDE uses nowhere else ("Two or More Race"), separated
--           by commas or semicolons.
with rows as (
    select
        f.source_id,
        f.dashboard_year,
        r.line,
        any_value(blank(r.cds)) as cds,
        max(blank(r.value)) filter (r.field = 'name') as lea_name,
        max(blank(r.value)) filter (r.field = 'student_groups') as groups_text
    from raw_lcap_goals r
    join source_files f using (source_id)
    group by all
),
named as (
    select r.source_id, r.line, n.said, any_value(w.student_group) as student_group
    from rows r
    cross join unnest(list_transform(regexp_split_to_array(r.groups_text, '[,;\n]+'), lambda t: squeezed(t))) as n(said)
    left join student_group_words w on w.written = lower(squeezed(n.said))
    where n.said <> ''
    group by all
),
together as (
    select
        source_id,
        line,
        coalesce(list(student_group order by student_group) filter (student_group is not null), []) as student_groups,
        min(said) filter (student_group is null) as not_known
    from named group by source_id, line
),
counted as (
    select *, count(*) over (partition by source_id, cds) as times from rows
)
select
    c.source_id,
    c.dashboard_year,
    c.line,
    c.cds,
    c.lea_name,
    coalesce(t.student_groups, []) as student_groups,
    list_filter([
        cds_problem('CDS', c.cds),
        problem(t.not_known is not null, 'Targeted Student Group(s)', t.not_known, 'this names no known student group'),
        problem(c.groups_text is null, 'Targeted Student Group(s)', null, 'no student group is named'),
        hidden_problem('LEA', c.lea_name), hidden_problem('Targeted Student Group(s)', c.groups_text),
        problem(c.times > 1, 'CDS', c.cds, 'this LEA is in the file ' || c.times || ' times')
    ], lambda p: p is not null) as problems
from counted c
left join together t using (source_id, line)
