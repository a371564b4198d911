-- Small functions that the SQL files share; control characters are put in from transforms.control_characters.
-- Those that are made from reference lists, and the sentences say_..., are beside them in transforms.inputs.

-- Text of a file: blanks and CDE's '*' are null.
create or replace macro blank(x) as
    nullif(nullif(trim(x, ' ' || chr(9) || chr(10) || chr(13) || chr(160)), ''), '*');

-- What a column of a workbook is, 'letter:EL': its family, and which of the family.
create or replace macro family_of(field) as split_part(field, ':', 1);
create or replace macro part_of(field) as nullif(split_part(field, ':', 2), '');

-- One space for any white space.
create or replace macro squeezed(x) as trim(regexp_replace(x, '[\s\x{a0}]+', ' ', 'g'));

-- Characters that show nothing, or show something else than the text holds.
create or replace macro hidden_in(x) as coalesce(regexp_matches(x, $control), false);
create or replace macro without_hidden(x) as regexp_replace(x, $control, chr(65533), 'g');

-- An act, if it had happened by that day.
create or replace macro by_day(act, as_of) as if(act <= as_of, act, null);

-- What is wrong with a row, or null: an entry of its list of problems.
create or replace macro problem(failed, col, val, why) as
    if(failed, {'column': col, 'value': coalesce(val, ''), 'reason': why}, null);
create or replace macro cds_problem(col, val) as
    case
        when not coalesce(regexp_full_match(val, '[0-9]{14}'), false) then problem(
            true, col, val, 'a CDS code has 14 digits; leading zeros are lost when a spreadsheet saves the file'
        )
        else problem(not is_county(val[1:2]), col, val, 'the first two digits of the code are of no county')
    end;
create or replace macro hidden_problem(col, val) as problem(hidden_in(val), col, val, $reason);

-- The words by which one county office differs from another: "Kern COE", "Kern County Superintendent of Schools".
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

-- Lists without CDS codes name an LEA in many ways: the kind of district and footnote marks do not tell two of a county
-- apart, but its level does.
create or replace macro match_name(n) as
    trim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        lower(n),
        '[^a-z ]', ' ', 'g'),
        '\b(school|district|joint)\b', ' ', 'g'),
        '\s+el\s*$', ' elementary', 'g'),
        '\s+', ' ', 'g'));
