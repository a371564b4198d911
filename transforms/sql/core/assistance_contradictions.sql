-- Grain: one cell of an assistance workbook that contradicts the other cells of its row.
-- Key: source_id, line, heading.
-- Inputs: assistance_values, rule_assistance.
-- Rule: this holds in every row of CDE's workbooks of 2017 to 2024 (5,904 rows, including county offices). Each row has
--       as many letters as its total, and meets Method 1 if and only if it has a letter. "Year 1" is for LEAs that meet
--       a method this year. "Year 2" is for LEAs that meet none and were in Year 1 on the Dashboard before
--       (second_year_after in rules/). Where assistance does not last two years, a status without a year is for LEAs
--       that meet a method. "General" is for LEAs that meet none and were not in Year 1.
-- Oddities: if a row lacks a method, or has a blank one, it is not known that the LEA meets none. If Method 1 is the
--           only method, a letter meets it (2017 has no method columns). A workbook that prints no year of assistance
--           (2025) has "Differentiated" for both years; it has not been observed whether its "General" follows from the
--           year before. Nothing is known about a year whose criteria are not confirmed.
with whole_rows as (
    select
        v.source_id,
        v.line,
        any_value(a.methods) as methods,
        any_value(a.second_year_after) as year_before,
        count(*) filter (v.family = 'letter' and v.value is not null) as letters,
        count(*) filter (v.family = 'met_method' and v.value in ('Y', 'N')) as methods_known,
        count(*) filter (v.family = 'met_method' and v.value = 'Y') as methods_met,
        max(v.value) filter (v.is_own_status) as own_status,
        count(*) filter (v.family = 'assistance_status' and '20' || v.part = a.second_year_after::varchar) > 0
            as tells_status_before,
        max(v.value) filter (v.family = 'assistance_status' and '20' || v.part = a.second_year_after::varchar)
            as status_before
    from assistance_values v
    join rule_assistance a on a.determination_year = v.dashboard_year
    where v.is_confirmed
    group by v.source_id, v.line
),
known as (
    select
        *,
        case
            when methods_met > 0 or (methods = [1] and letters > 0) then true
            when methods_known >= len(methods) or methods = [1] then false
        end as a_method_is_met,
        coalesce(contains(status_before, 'Year 1'), false) as was_in_year_1,
        coalesce(contains(status_before, 'Differentiated') and not contains(status_before, 'Year 2'), false)
            as may_have_been_in_year_1,
        coalesce(bool_or(contains(own_status, 'Year')) over (partition by source_id), false) as years_are_printed
    from whole_rows
),
judged as (
    select
        v.source_id,
        v.line,
        v.heading,
        v.value,
        case
            when v.family = 'total_student_groups' and v.value is not null
                and try_cast(v.value as double) is distinct from k.letters
                then 'the row has ' || k.letters || ' letters'
            when v.family = 'met_method' and v.part = '1' and v.value in ('Y', 'N')
                and (v.value = 'Y') <> (k.letters > 0)
                then 'Method 1 is met exactly where a student group has a letter; the row has ' || k.letters
            when not v.is_own_status then null
            when not v.is_differentiated and k.a_method_is_met
                then 'a method is met, and the status says that there is no assistance'
            when not v.is_differentiated and k.years_are_printed and k.was_in_year_1
                then 'assistance lasts two years, and the row was in Year 1 in ' || k.year_before
            when contains(v.value, 'Year 2') and k.a_method_is_met
                then 'a method is met, and Year 2 is for those that meet none'
            when contains(v.value, 'Year 2') and k.year_before is null
                then 'assistance does not last two years here, so there is no Year 2'
            when contains(v.value, 'Year 2') and k.tells_status_before and not k.may_have_been_in_year_1
                then 'Year 2 follows Year 1, and the row was not in Year 1 in ' || k.year_before
            when v.is_differentiated and not k.a_method_is_met
                and (contains(v.value, 'Year 1') or (k.year_before is null and not contains(v.value, 'Year 2')))
                then 'no method is met, and the status says that one is'
        end as reason
    from assistance_values v
    join known k using (source_id, line)
)
select * from judged where reason is not null
