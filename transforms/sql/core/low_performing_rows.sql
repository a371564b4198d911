-- Grain: one row of CDE's list of reds: an LEA and student group, with the indicators listed and the row's problems.
-- Key: source_id, line.
-- Inputs: raw_low_performing, source_files, student_group_words.
-- Oddities: each indicator has a column with Y or blank. In 2023, College/Career means status Very Low.
with rows as (
    select
        f.source_id,
        f.dashboard_year,
        r.line,
        any_value(blank(r.cds)) as cds,
        max(blank(r.value)) filter (r.field = 'student_group') as group_as_served,
        max(blank(r.value)) filter (r.field = 'reporting_year') as year_text,
        coalesce(
            list(part_of(r.field) order by r.field) filter (r.field like 'red:%' and upper(blank(r.value)) = 'Y'),
            []
        ) as indicators,
        min(r.heading) filter (r.field like 'red:%' and upper(blank(r.value)) not in ('Y', 'N')) as odd_column,
        min(r.value) filter (r.field like 'red:%' and upper(blank(r.value)) not in ('Y', 'N')) as odd_value
    from raw_low_performing r
    join source_files f using (source_id)
    group by all
),
known as (
    select r.*, w.student_group
    from rows r
    left join student_group_words w on w.written = lower(squeezed(r.group_as_served))
),
counted as (
    select *, count(*) over (partition by source_id, cds, coalesce(student_group, group_as_served)) as times from known
)
select
    source_id,
    dashboard_year,
    line,
    cds,
    student_group,
    indicators,
    list_filter([
        cds_problem('CDS', cds),
        problem(student_group is null, 'studentgroup', group_as_served, 'this names no known student group'),
        problem(odd_column is not null, odd_column, odd_value, 'a listed indicator is Y, any other blank'),
        problem(
            year_text is not null and left(year_text, 4) <> dashboard_year::varchar,
            'reportingyear', year_text, 'the row is of another year than the file name says'
        ),
        problem(times > 1, 'CDS', cds, 'this LEA and student group are in the file ' || times || ' times')
    ], lambda p: p is not null) as problems
from counted
