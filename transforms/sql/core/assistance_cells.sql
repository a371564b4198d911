-- Grain: one cell of an assistance workbook of CDE, with what is wrong with its row.
-- Key: source_id, line, heading.
-- Inputs: raw_assistance, source_files, misnamed_rows, ref_counties, ref_priority_letters, ref_assistance_statuses,
--         rule_sets.
-- Oddities: '*' means blank from 2019 on, so an empty letter cell is unknown there; 2017 and 2018 leave cells empty. A
--           letter column is named after its student group, where 2017 says MR and later years say TOM; one of a group
--           that is not known counts among the letters and is not published. In every workbook of 2017 to 2024 each row
--           has as many letters as its total says, Method 1 exactly where it has one, and assistance where a method is
--           met: a row that contradicts itself is rejected. The status of an earlier year is blank where the LEA did
--           not exist. Where the criteria of a year are not confirmed, none of this is known of its workbook: letters
--           and statuses of another kind are left blank and reported (unknown_value), and the flags of their row are
--           read. A row is about the LEA that it names (misnamed_rows). What it says of its code again is compared:
--           CDcode is the first seven digits of CDS and the county is the code's in all 5,904 rows of the six
--           statewide workbooks, and no row is of a school.
with trimmed as (
    select
        f.source_id,
        f.dashboard_year,
        r.line,
        blank(r.cds) as cds,
        r.heading,
        split_part(r.field, ':', 1) as family,
        nullif(split_part(r.field, ':', 2), '') as served_part,
        blank(r.value) as served,
        trim(r.value) = '' as is_empty,
        s.not_confirmed is null as is_confirmed
    from raw_assistance r
    join source_files f using (source_id)
    left join rule_sets s using (dashboard_year)
),
known as (
    select
        t.*,
        s.status,
        s.status is not null as status_is_known,
        s.differentiated = 'Y' as is_differentiated,
        not is_confirmed and t.served is not null and coalesce(
            t.family = 'assistance_status' and s.status is null
                or t.family = 'letter' and upper(t.served) not in (select letter from ref_priority_letters), false
        ) as is_unknown
    from trimmed t
    left join ref_assistance_statuses s on t.family = 'assistance_status'
        and lower(s.status) = lower(squeezed(t.served))
),
read as (
    select
        * exclude (served, served_part, status, is_unknown),
        if(family = 'letter', canonical_group(upper(served_part)), served_part) as part,
        case
            when is_unknown then null
            when family in ('letter', 'ec52072', 'ec52071f', 'met_method') then upper(served)
            when family = 'assistance_status' then coalesce(status, served)
            else served
        end as value,
        if(is_unknown, served, null) as unknown_value,
        family = 'assistance_status'
            and coalesce('20' || served_part, dashboard_year::varchar) = dashboard_year::varchar as is_own_status
    from known
),
whole_rows as (
    select
        source_id,
        line,
        count(*) filter (family = 'letter' and value is not null) as letters,
        bool_or(value = 'Y') filter (family = 'met_method') as a_method_is_met
    from read
    group by source_id, line
),
counted as (
    select
        c.*,
        o.named_cds,
        k.county as county_of_code,
        w.letters,
        w.a_method_is_met,
        count(*) over (partition by c.source_id, c.cds, c.heading) as times
    from read c
    join whole_rows w using (source_id, line)
    left join misnamed_rows o using (source_id, line)
    left join ref_counties k on k.county_code = c.cds[1:2]
)
select
    source_id,
    dashboard_year,
    line,
    cds,
    heading,
    family,
    part,
    value,
    unknown_value,
    list_filter([
        cds_problem('CDS', cds),
        problem(
            cds not like '%0000000', 'CDS', cds,
            'the code is of a school, and the workbook lists districts and county offices'
        ),
        problem(
            family = 'district_code' and value is distinct from cds[1:7],
            heading, value, 'the CDS code of the row is of another district'
        ),
        problem(
            family = 'county' and value is not null and lower(squeezed(value)) <> lower(county_of_code),
            heading, value, 'the CDS code of the row is of ' || county_of_code || ' County'
        ),
        problem(
            family = 'letter' and value is not null and value not in (select letter from ref_priority_letters),
            heading, value, 'a priority letter is A to K, or blank'
        ),
        problem(
            family = 'letter' and is_empty and dashboard_year >= 2019 and is_confirmed,
            heading, null, 'the cell is empty; from 2019 on CDE writes * where there is no letter'
        ),
        problem(
            family in ('ec52072', 'ec52071f', 'met_method') and coalesce(value not in ('Y', 'N'), true),
            heading, value, 'a flag is Y or N'
        ),
        problem(family in ('name', 'total_student_groups') and value is null, heading, null, 'the cell is empty'),
        problem(
            family = 'assistance_status' and value is not null and not status_is_known,
            heading, value, 'this status of assistance is not known'
        ),
        problem(
            is_own_status and value is null and unknown_value is null,
            heading, null, 'the status of the year is empty'
        ),
        problem(
            is_own_status and a_method_is_met and not is_differentiated and is_confirmed,
            heading, value, 'a method is met, and the status says that there is no assistance'
        ),
        problem(
            is_confirmed and family = 'total_student_groups' and value is not null
                and try_cast(value as double) is distinct from letters,
            heading, value, 'the row has ' || letters || ' letters'
        ),
        problem(
            is_confirmed and family = 'met_method' and part = '1' and value in ('Y', 'N')
                and (value = 'Y') <> (letters > 0),
            heading, value, 'Method 1 is met exactly where a student group has a letter; the row has ' || letters
        ),
        problem(
            family = 'reporting_year' and left(value, 4) is distinct from dashboard_year::varchar,
            heading, value, 'the row is of another year than the file name says'
        ),
        problem(
            family = 'name' and named_cds is not null,
            heading, value, say_name_of_other_code(named_cds)
        ),
        hidden_problem(heading, value),
        problem(times > 1, 'CDS', cds, 'this LEA is in the file ' || times || ' times')
    ], lambda p: p is not null) as problems
from counted
