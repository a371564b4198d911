-- severity: warning
-- class: unusual
-- table: meta_sources
-- sentence: Every column, flag, word and student group of CDE's files is known.
-- reason: An unknown name is not used, and never treated as a known one. One line of data defines it.
with found as (
    select
        source_id,
        'column' as what,
        heading as name,
        null::bigint as row_count,
        'If it is a column under another name, add the name to data/layouts.toml; '
            || 'if it is not needed, add it to not_read there.' as what_to_do
    from unknown_headings
    union all
    select
        source_id,
        'student group',
        student_group,
        row_count,
        'Add the group to data/reference/student_groups.csv, or its code as also_called of a known one.'
    from unknown_groups
    union all
    select distinct
        source_id,
        'column of a student group',
        heading,
        null,
        'Add the group to data/reference/student_groups.csv, or its code as also_called of a known one.'
    from (
        select source_id, family, part, heading from assistance_cells
        union all
        select source_id, family, part, heading from charter_cells
    )
    where family in ('letter', 'current', 'prior') and part not in (select student_group from ref_student_groups)
    union all
    select distinct
        source_id,
        'method',
        heading,
        null,
        'Its meaning is not known; the rules of the year name the methods that count.'
    from assistance_cells
    where family = 'met_method' and part not in (select unnest(methods)::varchar from rule_assistance)
    union all
    select
        source_id,
        family,
        unknown_value,
        count(*),
        'Add the status to data/reference/assistance_statuses.csv, or the letter to priority_letters.csv.'
    from assistance_cells where unknown_value is not null group by all
    union all
    select
        f.source_id,
        'missing column',
        l.family,
        null,
        'If a column that is listed here has it, add its heading to data/layouts.toml.'
    from source_files f
    join rule_sets s on s.dashboard_year = f.dashboard_year and s.not_confirmed is not null
    join layout_families l on l.layout = f.layout and l.since <= f.dashboard_year
    anti join (
        select distinct source_id, family from assistance_cells
        where family not like 'ec%' or part = right(dashboard_year::varchar, 2)
        union
        select distinct source_id, family from charter_cells
    ) c on c.source_id = f.source_id and c.family = l.family
    where f.layout in ('assistance', 'charter_assistance')
)
select n.source_id, f.file, n.what, n.name, n.row_count, n.what_to_do
from found n
join source_files f using (source_id)
order by f.file, n.what, n.name
