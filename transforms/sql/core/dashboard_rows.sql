-- Grain: one row of a Dashboard indicator file, as served but typed, with what is wrong with it.
-- Key: source_id, line.
-- Inputs: raw_dashboard, source_files, ref_student_groups.
-- Oddities: blanks are empty, one space or '*'; ELPI before 2024 has no student group because every row is EL;
--           'MR' and 'TOM' are one group; 2017 writes its year as '2017f'; the loser of a duplicate key cannot be known,
--           so all of them are kept aside.
with trimmed as (
    select
        f.source_id, r.line, f.dashboard_year, f.indicator,
        if(f.dashboard_year = 2017, '2017f', f.dashboard_year::varchar) as expected_year,
        blank(r.cds) as cds, upper(blank(r.rtype)) as rtype,
        blank(r.schoolname) as schoolname, blank(r.districtname) as districtname, blank(r.countyname) as countyname,
        upper(blank(r.charter_flag)) as charter_flag, upper(blank(r.coe_flag)) as coe_flag, upper(blank(r.dass_flag)) as dass_flag,
        blank(r.type) as type,
        if(f.indicator = 'elpi' and f.dashboard_year < 2024, 'EL', canonical_group(upper(blank(r.studentgroup)))) as studentgroup,
        blank(r.currnumer) as currnumer, blank(r.currdenom) as currdenom, blank(r.currstatus) as currstatus,
        blank(r.priornumer) as priornumer, blank(r.priordenom) as priordenom, blank(r.priorstatus) as priorstatus,
        blank(r.change) as change, blank(r.statuslevel) as statuslevel, blank(r.changelevel) as changelevel,
        blank(r.color) as color, blank(r.box) as box, upper(blank(r.smalldenom)) as smalldenom,
        upper(blank(r.currnsizemet)) as currnsizemet, upper(blank(r.priornsizemet)) as priornsizemet,
        blank(r.nsizegroup) as nsizegroup, upper(blank(r.accountabilitymet)) as accountabilitymet,
        upper(blank(r.flag95pct)) as flag95pct, upper(blank(r.certifyflag)) as certifyflag,
        upper(blank(r.dataerrorflag)) as dataerrorflag, lower(blank(r.reportingyear)) as reportingyear
    from raw_dashboard r
    join source_files f using (source_id)
),
counted as (
    select *, count(*) over (partition by source_id, cds, studentgroup) as times from trimmed
)
select
    *,
    list_filter([
        problem(not coalesce(regexp_full_match(cds, '[0-9]{14}'), false), 'cds', cds, 'a CDS code has 14 digits; leading zeros are lost when a spreadsheet saves the file'),
        problem(rtype is null or rtype not in ('S', 'D', 'X'), 'rtype', rtype, 'record type is S, D or X'),
        problem(studentgroup is null or studentgroup not in (select student_group from ref_student_groups), 'studentgroup', studentgroup, 'student group is not a known code'),
        problem(reportingyear is distinct from expected_year, 'reportingyear', reportingyear, 'the row is of another Dashboard than the file name says'),
        problem(statuslevel is not null and coalesce(try_cast(statuslevel as double), -1) not in (0, 1, 2, 3, 4, 5), 'statuslevel', statuslevel, 'status level is 0 to 5'),
        problem(changelevel is not null and coalesce(try_cast(changelevel as double), -1) not in (0, 1, 2, 3, 4, 5), 'changelevel', changelevel, 'change level is 0 to 5'),
        problem(color is not null and coalesce(try_cast(color as double), -1) not in (0, 1, 2, 3, 4, 5), 'color', color, 'color is 0 (none), 1 red, 2 orange, 3 yellow, 4 green or 5 blue'),
        problem(currdenom is not null and coalesce(try_cast(currdenom as double), -1) < 0, 'currdenom', currdenom, 'a number of students is a whole number'),
        problem(currnumer is not null and coalesce(try_cast(currnumer as double), -1) < 0, 'currnumer', currnumer, 'a number of students is a whole number'),
        problem(currstatus is not null and try_cast(currstatus as double) is null, 'currstatus', currstatus, 'status is a number'),
        problem(priordenom is not null and coalesce(try_cast(priordenom as double), -1) < 0, 'priordenom', priordenom, 'a number of students is a whole number'),
        problem(priornumer is not null and coalesce(try_cast(priornumer as double), -1) < 0, 'priornumer', priornumer, 'a number of students is a whole number'),
        problem(priorstatus is not null and try_cast(priorstatus as double) is null, 'priorstatus', priorstatus, 'status is a number'),
        problem(change is not null and try_cast(change as double) is null, 'change', change, 'change is a number'),
        problem(box is not null and try_cast(box as double) is null, 'box', box, 'box is a number'),
        problem(currnsizemet is not null and currnsizemet not in ('Y', 'N'), 'currnsizemet', currnsizemet, 'the size flag is Y, N or blank'),
        problem(times > 1, 'cds', cds, 'this LEA or school and student group stands ' || times || ' times in the file')
    ], lambda p: p is not null) as problems
from counted
