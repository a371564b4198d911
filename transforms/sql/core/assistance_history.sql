-- Grain: LEA or charter school x earlier year, as CDE's later assistance workbooks report it.
-- Key: cds, dashboard_year.
-- Inputs: assistance_flags, charter_flags.
-- Oddities: a workbook repeats the statuses of earlier years. A status is blank or '*' if and only if the LEA had no
--           row in that year's workbook (2018 to 2024; the 2017 workbook had no county offices). So a status proves
--           that there was a row, and a blank proves that there was none. If two workbooks differ, the one with a
--           status is used, because it leaves more open.
with remembered as (
    select cds, dashboard_year as reported_in, try_cast(right(flag, 4) as smallint) as dashboard_year, value, source_id
    from (
        select cds, dashboard_year, flag, value, source_id from assistance_flags
        union all
        select cds, dashboard_year, flag, value, source_id from charter_flags
    )
    where regexp_full_match(flag, 'assistance_status_20[0-9]{2}')
)
select
    cds,
    dashboard_year,
    bool_or(value is not null) as was_listed,
    arg_max(source_id, (value is not null, reported_in, source_id)) as reported_by
from remembered
where dashboard_year < reported_in
group by cds, dashboard_year
