-- Grain: one cell of CDE's assistance workbook for charter schools, with the problems of its row.
-- Key: source_id, line, heading.
-- Inputs: raw_charter_assistance, source_files, ref_priority_letters.
-- Oddities: only part of CDE's layout has been seen; headings that are not recognized stay in
--           meta_sources.extra_columns.
with trimmed as (
    select
        f.source_id,
        f.dashboard_year,
        r.line,
        blank(r.cds) as cds,
        r.heading,
        family_of(r.field) as family,
        part_of(r.field) as part,
        if(family in ('current', 'prior', 'ec47607'), upper(blank(r.value)), blank(r.value)) as value
    from raw_charter_assistance r
    join source_files f using (source_id)
),
counted as (
    select *, count(*) over (partition by source_id, cds, heading) as times from trimmed
),
judged as (
    select
        * exclude (part, times),
        if(family in ('current', 'prior'), canonical_group(upper(part)), part) as part,
        list_filter([
            cds_problem('CDS', cds),
            problem(
                family in ('current', 'prior') and value is not null
                    and value not in (select letter from ref_priority_letters),
                heading, value, 'a priority letter is A to K, or blank'
            ),
            problem(
                family = 'ec47607' and value is not null and value not in ('Y', 'N'),
                heading, value, 'a flag is Y or N'
            ),
            problem(
                family = 'reporting_year' and left(value, 4) is distinct from dashboard_year::varchar,
                heading, value, 'the row is of another year than the file name says'
            ),
            hidden_problem(heading, value),
            problem(times > 1, 'CDS', cds, 'this school is in the file ' || times || ' times')
        ], lambda p: p is not null) as problems
    from counted
)
select *, count(*) filter (len(problems) > 0) over (partition by source_id, line) = 0 as row_is_sound from judged
