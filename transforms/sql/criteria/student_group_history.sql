-- Grain: LEA x Dashboard year that has rules x student group judged that year.
-- Key: cds, dashboard_year, student_group.
-- Inputs: lea_years, rule_sets, rule_groups, rule_assistance, priority_results, evidence_cells,
--         assistance_letters, assistance_statuses_compared, charter_letters, ref_priority_letters.
-- Oddities: meets_criteria is null if it is not known. An LEA that is shown not to be in CDE's workbook of a year
--           (workbook_listings) did not meet the criteria under its code that year; an LEA whose row is missing is
--           unknown. Letters do not show whether a group had a result, except that a group with a letter had one.
--           County offices had no determination in 2017. The results of their groups that year are in priorities_met
--           and do not count, either in letters or for EC 52072.5 in 2022. If the criteria of a year are not confirmed,
--           nothing is known about any group; cde_letter still has CDE's letter.
with cde_letters as (
    select * from assistance_letters
    union all by name
    select * from charter_letters
),
computed as (
    select
        cds,
        dashboard_year,
        student_group,
        list(priority order by priority) filter (met) as priorities_met,
        list(priority order by priority) filter (met is null) as priorities_unknown
    from priority_results
    group by all
),
results as (
    select
        cds,
        dashboard_year,
        student_group,
        case
            when bool_or(finding = 'result') then true
            when bool_or(finding = 'unknown') then null
            else false
        end as has_result,
        string_agg(distinct unknown_because, '; ' order by unknown_because) as unknown_because
    from evidence_cells
    group by all
),
contradicted as (
    select source_id, cds, min(reported_in) as reported_in
    from assistance_statuses_compared where contradicts group by all
),
not_determined as (
    select determination_year as dashboard_year, 'county_office' as lea_type
    from rule_assistance where not list_contains(serves, 'county_office')
),
from_indicators as (
    select
        l.cds,
        l.dashboard_year,
        g.student_group,
        'indicators' as basis,
        if(n.dashboard_year is null, l.in_files, null) as listed,
        coalesce(c.priorities_met, []) as priorities_met,
        coalesce(c.priorities_unknown, []) as priorities_unknown,
        case
            when n.dashboard_year is not null then false
            when s.not_confirmed is not null then null
            when len(coalesce(c.priorities_met, [])) >= s.priorities_required then true
            when len(coalesce(c.priorities_met, [])) + len(coalesce(c.priorities_unknown, [])) >= s.priorities_required
                then null
            else false
        end as meets_criteria,
        r.has_result,
        case
            when n.dashboard_year is not null then note_county_offices_not_determined(l.dashboard_year)
            when s.not_confirmed is not null then s.not_confirmed
            when len(coalesce(c.priorities_unknown, [])) > 0 or r.has_result is null then r.unknown_because
        end as note
    from lea_years l
    join rule_sets s using (dashboard_year)
    join rule_groups g using (dashboard_year)
    left join computed c on c.cds = l.cds and c.dashboard_year = l.dashboard_year and c.student_group = g.student_group
    left join results r on r.cds = l.cds and r.dashboard_year = l.dashboard_year and r.student_group = g.student_group
    left join not_determined n on n.dashboard_year = l.dashboard_year and n.lea_type = l.lea_type
    where l.basis = 'indicators'
),
from_letters as (
    select
        l.cds,
        l.dashboard_year,
        g.student_group,
        l.basis,
        if(n.dashboard_year is null, l.in_files, null) as listed,
        if(s.not_confirmed is null, coalesce(a.priorities, []), []) as priorities_met,
        []::tinyint[] as priorities_unknown,
        case
            when n.dashboard_year is not null then false
            when l.basis = 'none' or s.not_confirmed is not null then null
            when a.cds is not null then a.letter is not null
            when l.listing = 'not_listed' then false
        end as meets_criteria,
        if(a.letter is not null and s.not_confirmed is null, true, null) as has_result,
        case
            when n.dashboard_year is not null then note_county_offices_not_determined(l.dashboard_year)
            when l.letters_source_id is null and l.basis = 'none' then note_no_file_of_year(l.dashboard_year)
            when l.basis = 'none' then note_no_file_covers_county(l.dashboard_year)
            when s.not_confirmed is not null then s.not_confirmed
            when a.cds is not null then null
            when l.listing = 'not_listed' then note_lea_not_listed(l.dashboard_year)
            when l.listing = 'row_rejected' and x.reported_in is not null
                then note_lea_row_contradicted(l.dashboard_year, x.reported_in)
            when l.listing = 'row_rejected' then note_lea_row_rejected(l.dashboard_year)
            when l.listing = 'row_missing' then note_lea_row_missing(l.dashboard_year)
            when l.listing = 'listed' then note_no_letter_column(l.dashboard_year)
            else note_lea_row_may_be_missing(l.dashboard_year)
        end as note
    from lea_years l
    join rule_sets s using (dashboard_year)
    join rule_groups g using (dashboard_year)
    left join contradicted x on x.cds = l.cds and x.source_id = l.letters_source_id
    left join cde_letters a on a.cds = l.cds and a.dashboard_year = l.dashboard_year
        and a.student_group = g.student_group
    left join not_determined n on n.dashboard_year = l.dashboard_year and n.lea_type = l.lea_type
    where l.basis <> 'indicators'
),
together as (
    select * from from_indicators
    union all by name
    select * from from_letters
)
select
    t.cds,
    t.dashboard_year,
    t.student_group,
    t.basis,
    t.listed,
    t.meets_criteria,
    t.has_result,
    t.priorities_met,
    t.priorities_unknown,
    p.letter,
    a.letter as cde_letter,
    a.source_id as cde_source_id,
    a.source_line as cde_source_line,
    a.source_column as cde_source_column,
    t.note
from together t
left join ref_priority_letters p on p.priorities = t.priorities_met and t.meets_criteria
    and len(t.priorities_unknown) = 0
left join cde_letters a on a.cds = t.cds and a.dashboard_year = t.dashboard_year and a.student_group = t.student_group
