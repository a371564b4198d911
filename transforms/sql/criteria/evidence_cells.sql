-- Grain: LEA x Dashboard year x student group x indicator that the year's rules use, for years computed from indicator
--        rows.
-- Key: cds, dashboard_year, student_group, indicator.
-- Inputs: lea_years, indicators_asked, lea_results, expected_rows, rejected_groups, dashboard_entities, leas,
--         source_coverage, dashboard_scales.
-- Oddities: a missing row is 'unknown' for one of five reasons: the file is missing, the row was rejected, the file
--           does not cover the county, the LEA lacks the row that every LEA has, or other files show that the group
--           must have a row. Otherwise the group simply has no row ('no_row'). A rejected row that may be about any
--           group, or about any LEA, counts for those that have no row of their own. A charter school may lack the row
--           that every LEA has, because not every school has students in the grades. The smaller size for some groups
--           is only for districts and county offices. A row that does not meet the size test is 'no_result', and its
--           level must not be used (2022 has levels from 11 students on). Prior status and change are left out if the
--           Dashboard before uses another scale. Rows are matched before the facts about their file are added, to keep
--           the rows in memory small.
with covered as (
    select source_id, unnest(counties) as county_code from source_coverage
),
lea_in_file as (
    select distinct source_id, cds from dashboard_entities semi join leas using (cds)
),
rejected_leas as (
    select source_id, cds, min(line) as line, arg_min(reason, line) as reason
    from rejected_groups where cds is not null
    group by source_id, cds
),
wanted as (
    select
        y.cds,
        y.dashboard_year,
        a.student_group,
        a.indicator,
        y.lea_type <> 'charter' as is_lea,
        y.county_code,
        y.in_files
    from lea_years y
    join indicators_asked a using (dashboard_year)
    where y.basis = 'indicators'
),
matched as (
    select
        w.*,
        r.* exclude (cds, dashboard_year, indicator, student_group, prior_denominator, prior_size_met),
        r.cds is not null as has_row
    from wanted w
    left join lea_results r on r.dashboard_year = w.dashboard_year and r.indicator = w.indicator and r.cds = w.cds
        and r.student_group = w.student_group
),
judged as (
    select
        m.*,
        a.measure,
        a.source_id,
        if(a.measure = 'color', m.color, m.status_level) as level,
        case a.size_test
            when 'flag' then m.current_size_met = 'Y'
            when 'denominator'
                then m.current_denominator >= if(a.is_small_group and m.is_lea, a.small_minimum, a.minimum)
            else m.color > 0
        end as size_is_met,
        case
            when a.source_id is null then note_file_not_loaded(m.dashboard_year)
            when own.line is not null and (own.is_its_own or not m.has_row)
                then note_row_rejected(own.line, a.file, own.reason)
            when other.line is not null and not m.has_row and (m.is_lea or other.may_be_school)
                then note_row_rejected(other.line, a.file, other.reason)
            when not (a.is_statewide or c.source_id is not null)
                then note_county_not_covered(indicator_in_text(a.indicator), m.dashboard_year)
            when a.is_for_all and m.in_files and m.is_lea and f.cds is null
                then coalesce(
                    note_row_rejected(lost.line, a.file, lost.reason),
                    note_lea_not_in_file(indicator_in_text(a.indicator), m.dashboard_year)
                )
            when not m.has_row and m.in_files is not false then expected.because
        end as unknown_because
    from matched m
    join indicators_asked a using (dashboard_year, student_group, indicator)
    left join covered c on c.source_id = a.source_id and c.county_code = m.county_code
    left join lea_in_file f on f.source_id = a.source_id and f.cds = m.cds
    left join expected_rows expected on expected.dashboard_year = m.dashboard_year
        and expected.indicator = m.indicator and expected.cds = m.cds and expected.student_group = m.student_group
    left join rejected_leas lost on lost.source_id = a.source_id and lost.cds = m.cds
    left join rejected_groups own on own.source_id = a.source_id and own.cds = m.cds
        and own.student_group = m.student_group
    left join rejected_groups other on other.source_id = a.source_id and other.cds is null
        and other.student_group = m.student_group
)
select
    cds,
    dashboard_year,
    student_group,
    indicator,
    measure,
    case
        when unknown_because is not null then 'unknown'
        when not has_row then 'no_row'
        when coalesce(size_is_met and level > 0, false) then 'result'
        else 'no_result'
    end as finding,
    level,
    status_level,
    if(begins, null, change_level) as change_level,
    color,
    current_status,
    current_numerator,
    current_denominator,
    if(begins, null, prior_status) as prior_status,
    if(begins, null, change) as change,
    current_size_met,
    unknown_because,
    source_id,
    source_line
from judged
join dashboard_scales using (indicator, dashboard_year)
