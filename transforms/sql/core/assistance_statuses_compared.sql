-- Grain: row of an assistance workbook x later workbook that repeats the LEA's status of that year.
-- Key: source_id, line, reported_by.
-- Inputs: assistance_cells, source_files, ref_assistance_statuses.
-- Rule: later workbooks repeat the statuses of earlier years. In the complete workbooks of 2017 to 2024, all 14,540
--       pairs agree: in words from 2018 on, and for 2017 on whether there was assistance ("Differentiated Support" is
--       repeated as "Differentiated Assistance"). No repeated status is blank if the LEA had a row. If a pair differs,
--       one of the two workbooks is wrong, and it is not known which.
-- Oddities: rows that are rejected for another reason are not compared, because their code may be wrong. A status in
--           unknown words is not compared either.
with bad_rows as (
    select distinct source_id, line from assistance_cells where len(problems) > 0
),
statuses as (
    select
        c.source_id,
        f.file,
        c.line,
        c.cds,
        c.heading,
        c.dashboard_year as reported_in,
        coalesce(try_cast('20' || c.part as smallint), c.dashboard_year) as dashboard_year,
        c.value as status,
        s.differentiated,
        regexp_extract(c.value, 'Year ([12])', 1) as year_of_assistance
    from assistance_cells c
    join source_files f using (source_id)
    left join ref_assistance_statuses s on s.status = c.value
    anti join bad_rows b on b.source_id = c.source_id and b.line = c.line
    where c.family = 'assistance_status' and c.unknown_value is null
)
select
    o.source_id,
    o.line,
    o.cds,
    o.dashboard_year,
    o.heading,
    o.status,
    r.source_id as reported_by,
    r.file as reported_by_file,
    r.reported_in,
    r.status as remembered,
    r.differentiated is distinct from o.differentiated
        or (r.year_of_assistance <> '' and o.year_of_assistance <> '' and r.year_of_assistance <> o.year_of_assistance)
        as contradicts
from statuses o
join statuses r on r.cds = o.cds and r.dashboard_year = o.dashboard_year and r.reported_in > o.reported_in
where o.reported_in = o.dashboard_year and o.status is not null
