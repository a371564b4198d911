-- Grain: LEA x Dashboard year x student group x indicator without a row, although another source shows that there must
--        be one.
-- Key: cds, dashboard_year, student_group, indicator.
-- Inputs: ref_indicators, lea_results, leas, dashboard_entities, rule_conditions, rule_criterion_groups,
--         assistance_letters, charter_letters, evidence_before, source_files.
-- Oddities: there are four kinds of evidence. (1) Another indicator of the same students in the same year: the other
--           indicator of a criterion (English language arts and mathematics test the same students), graduation and
--           College/Career for each other (one cohort), and every other indicator for suspension, because suspension
--           counts everyone who was enrolled (expected_with in indicators.csv). A handful of students may all lack a
--           result, so 11 are needed: CDE shows results from 11 students on, and of 13,000 real pairs of 2017 and 2022
--           to 2024 with at least 11, none lacks its row. (2) The next Dashboard's row, if its prior size meets the
--           size test (30 students if the file has no flag: the number that holds for every group). For a charter
--           school, this counts only if the file has other rows of the school, because 99 schools have 2017 results in
--           the 2018 graduation file that the 2017 file lacks (no district does). (3) CDE's letter, with a priority
--           that none of the group's rows meets. (4) The current release, if it had the row of this same year, or
--           reported that the row had been there. A group with none of these rightly lacks the row: most groups have no
--           graduation rate.
with siblings as (
    select distinct f.dashboard_year, a.indicator, b.indicator as other
    from rule_conditions a
    join rule_conditions b on b.criterion = a.criterion and b.indicator <> a.indicator
    join source_files f on f.layout = 'dashboard' and f.dashboard_year = a.dashboard_year and f.indicator = a.indicator
    union
    select distinct f.dashboard_year, f.indicator, r.indicator
    from source_files f
    join ref_indicators i on i.indicator = f.indicator
    join (select distinct dashboard_year, indicator from lea_results) r on r.dashboard_year = f.dashboard_year
    where f.layout = 'dashboard' and list_contains(string_split(i.expected_with, '|'), r.indicator)
),
used as (
    select distinct c.dashboard_year, c.indicator, g.student_group, c.priority, c.measure, c.levels, f.source_id
    from rule_conditions c
    join rule_criterion_groups g using (criterion)
    join source_files f on f.layout = 'dashboard' and f.dashboard_year = c.dashboard_year and f.indicator = c.indicator
),
in_file as (
    select distinct source_id, cds from dashboard_entities semi join leas using (cds)
),
letters as (
    select cds, dashboard_year, student_group, letter, unnest(priorities) as priority
    from (select * from assistance_letters union all by name select * from charter_letters)
    where letter is not null
),
explained as (
    select distinct r.cds, r.dashboard_year, r.student_group, u.priority
    from letters l
    join used u on u.dashboard_year = l.dashboard_year and u.student_group = l.student_group and u.priority = l.priority
    join lea_results r on r.cds = l.cds and r.dashboard_year = l.dashboard_year and r.student_group = l.student_group
        and r.indicator = u.indicator
    where list_contains(u.levels, if(u.measure = 'color', r.color, r.status_level))
),
witnesses as (
    select
        r.cds,
        r.dashboard_year,
        r.student_group,
        s.indicator,
        note_row_of_other_indicator(indicator_in_text(s.other)) as because
    from lea_results r
    join siblings s on s.dashboard_year = r.dashboard_year and s.other = r.indicator
    where coalesce(r.current_denominator >= 11, true)
    union all
    select r.cds, f.dashboard_year, r.student_group, r.indicator, note_row_of_next_year(r.dashboard_year)
    from lea_results r
    join leas l using (cds)
    join source_files f on f.layout = 'dashboard' and f.dashboard_year = r.dashboard_year - 1
        and f.indicator = r.indicator
    left join in_file i on i.source_id = f.source_id and i.cds = r.cds
    where coalesce(r.prior_size_met = 'Y', r.prior_denominator >= 30) and (l.lea_type <> 'charter' or i.cds is not null)
    union all
    select l.cds, l.dashboard_year, l.student_group, u.indicator, note_row_of_letter(l.letter, l.priority)
    from letters l
    join used u on u.dashboard_year = l.dashboard_year and u.student_group = l.student_group and u.priority = l.priority
    anti join explained e on e.cds = l.cds and e.dashboard_year = l.dashboard_year and e.student_group = l.student_group
        and e.priority = l.priority
    union all
    select cds, dashboard_year, student_group, indicator, note_row_of_release() from evidence_before
)
select w.cds, w.dashboard_year, w.student_group, w.indicator, min(w.because) as because
from witnesses w
semi join used u using (dashboard_year, student_group, indicator)
anti join lea_results r using (cds, dashboard_year, student_group, indicator)
group by w.cds, w.dashboard_year, w.student_group, w.indicator
