-- Grain: one cell of a CDE assistance workbook, with the problems of its row.
-- Key: source_id, line, heading.
-- Inputs: assistance_values, assistance_contradictions, misnamed_rows, ref_counties, ref_priority_letters.
-- Oddities: from 2019 on, CDE writes '*' for blank, so an empty letter cell is unknown; 2017 and 2018 leave cells
--           empty. A letter column of an unknown student group counts toward the number of letters and is not
--           published. A row that contradicts itself is rejected. The status of an earlier year is blank if the LEA did
--           not exist then. If the criteria of a year are not confirmed, none of this is known about its workbook, and
--           the flags of its rows are still read. A row is about the LEA that it names (misnamed_rows). Cells that
--           repeat part of the code are compared with it: in all 5,904 rows of the six statewide workbooks, CDcode is
--           the first seven digits of CDS and the county is the county of the code. No row is about a school.
with counted as (
    select
        c.*,
        o.named_cds,
        k.county as county_of_code,
        x.reason as contradiction,
        count(*) over (partition by c.source_id, c.cds, c.heading) as times
    from assistance_values c
    left join assistance_contradictions x on x.source_id = c.source_id and x.line = c.line and x.heading = c.heading
    left join misnamed_rows o on o.source_id = c.source_id and o.line = c.line
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
        problem(contradiction is not null, heading, value, contradiction),
        problem(
            family = 'reporting_year' and left(value, 4) is distinct from dashboard_year::varchar,
            heading, value, 'the row is of another year than the file name says'
        ),
        problem(
            family = 'name' and named_cds is not null,
            heading, value, note_name_of_other_code(named_cds)
        ),
        hidden_problem(heading, value),
        problem(times > 1, 'CDS', cds, 'this LEA is in the file ' || times || ' times')
    ], lambda p: p is not null) as problems
from counted
