-- Small functions that the SQL files share. $control and $reason come from transforms.control_characters.
-- transforms.inputs makes the functions that need reference lists, and the notes note_...

-- Text of a file; blanks and CDE's '*' become null.
create or replace macro blank(x) as
    nullif(nullif(trim(x, ' ' || chr(9) || chr(10) || chr(13) || chr(160)), ''), '*');

-- A workbook column such as 'letter:EL': its family, and its part of the family.
create or replace macro family_of(field) as split_part(field, ':', 1);
create or replace macro part_of(field) as nullif(split_part(field, ':', 2), '');

-- Any white space becomes one space.
create or replace macro squeezed(x) as trim(regexp_replace(x, '[\s\x{a0}]+', ' ', 'g'));

-- Characters that are invisible, or that make a text look different from its content.
create or replace macro hidden_in(x) as coalesce(regexp_matches(x, $control), false);
create or replace macro without_hidden(x) as regexp_replace(x, $control, chr(65533), 'g');

-- An act, if it had happened by that day.
create or replace macro by_day(act, as_of) as if(act <= as_of, act, null);

-- A problem of a row, or null: an entry of its list of problems.
create or replace macro problem(failed, col, val, why) as
    if(failed, {'column': col, 'value': coalesce(val, ''), 'reason': why}, null);
create or replace macro cds_problem(col, val) as
    case
        when not coalesce(regexp_full_match(val, '[0-9]{14}'), false) then problem(
            true, col, val, 'a CDS code has 14 digits; leading zeros are lost when a spreadsheet saves the file'
        )
        else problem(not is_county(val[1:2]), col, val, 'the first two digits of the code are not a county code')
    end;
create or replace macro hidden_problem(col, val) as problem(hidden_in(val), col, val, $reason);

-- The words that distinguish one county office from another: "Kern COE", "Kern County Superintendent of Schools".
create or replace macro office_words(office) as list_filter(
    string_split_regex(lower(office), '[^a-z]+'),
    lambda word: word not in (
        '', 'coe', 'county', 'office', 'of', 'education', 'superintendent', 'schools', 'department', 'the', 'and',
        'co', 'lead', 'leads'
    )
);
create or replace macro is_other_office(named, listed) as not list_has_all(office_words(listed), office_words(named));

-- The last day that a date of a month, season or year may mean.
create or replace macro last_possible_day(first_day, precise_to) as
    case precise_to
        when 'month' then last_day(first_day)
        when 'season' then (first_day + interval 3 months)::date - 1
        when 'year' then make_date(year(first_day), 12, 31)
        when 'fiscal_year' then (first_day + interval 1 year)::date - 1
        else first_day
    end;

-- Lists without CDS codes name an LEA in many ways. The kind of district and footnote marks do not distinguish two LEAs
-- of a county, but the level does.
create or replace macro match_name(n) as
    trim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        lower(n),
        '[^a-z ]', ' ', 'g'),
        '\b(school|district|joint)\b', ' ', 'g'),
        '\s+el\s*$', ' elementary', 'g'),
        '\s+', ' ', 'g'));
