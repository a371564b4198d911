-- Grain: LEA x Dashboard year x student group x indicator that the year's rules look at, for years computed from indicator rows.
-- Key: cds, dashboard_year, student_group, indicator.
-- Inputs: lea_years, rule_groups, rule_criterion_groups, rule_conditions, lea_results, expected_rows, leas, dashboard_entities, source_files,
--         source_coverage, rejects, ref_indicators, ref_student_groups, dashboard_scales, unknown_groups.
-- Oddities: silence has five meanings: the file is missing, the row was rejected, the file does not cover the county, an LEA lacks the row
--           that every LEA has, or other files show that the group must have a row ('unknown'); otherwise the group simply has no row ('no_row').
--           A rejected row whose student group cannot be read may be of any group that has no row of its own.
--           One whose CDS code names no LEA may be of any LEA that has no row of its own.
--           A charter school may lack it: not every school has students in the grades. The smaller size for some groups is for districts
--           and county offices only. A row whose size test fails is 'no_result': its level must not be used (2022 fills levels from 11 students on).
--           Prior status and change are left out where the Dashboard before is on another scale. Rows of a group that nobody knows are of no other.
--           A Dashboard has one file for each indicator. Rows are matched before anything is said of their file, so that what must be held is small.
with asked as (
    select
        g.dashboard_year, g.student_group, c.indicator, any_value(c.measure) as measure, any_value(c.size_test) as size_test,
        any_value(c.minimum) as minimum, any_value(c.small_minimum) as small_minimum,
        coalesce(bool_or(list_contains(c.small_groups, g.student_group)), false) as is_small_group
    from rule_groups g
    join rule_criterion_groups cg on cg.dashboard_year = g.dashboard_year and cg.student_group = g.student_group
    join rule_conditions c on c.criterion = cg.criterion
    group by g.dashboard_year, g.student_group, c.indicator
),
questions as (
    select a.*, f.source_id, f.file, i.reported_for = 'all' as is_for_all, coalesce(v.statewide, false) as is_statewide
    from asked a
    join ref_indicators i using (indicator)
    left join source_files f on f.layout = 'dashboard' and f.dashboard_year = a.dashboard_year and f.indicator = a.indicator
    left join source_coverage v on v.source_id = f.source_id
),
covered as (
    select source_id, unnest(counties) as county_code from source_coverage
),
lea_in_file as (
    select distinct source_id, cds from dashboard_entities semi join leas using (cds)
),
rejected as (
    select r.source_id, r.cds, g.student_group, min(r.line) as line, arg_min(r.reason, r.line) as reason, bool_or(r.student_group = g.student_group) as is_its_own
    from rejects r
    join ref_student_groups g
        on g.student_group = r.student_group or r.student_group is null or r.student_group not in (select student_group from ref_student_groups)
    anti join unknown_groups n on n.source_id = r.source_id and n.student_group = r.student_group
    where r.cds is not null
    group by r.source_id, r.cds, g.student_group
),
unplaced as (
    select
        r.source_id, g.student_group, min(r.line) as line, arg_min(r.reason, r.line) as reason, bool_or(r.record_type is distinct from 'D') as may_be_school
    from rejects r
    join ref_student_groups g
        on g.student_group = r.student_group or r.student_group is null or r.student_group not in (select student_group from ref_student_groups)
    anti join unknown_groups n on n.source_id = r.source_id and n.student_group = r.student_group
    where r.record_type is distinct from 'X' and not exists (select 1 from leas l where l.cds = r.cds)
        and (r.record_type is distinct from 'S' or r.cds is null or not regexp_full_match(r.cds, '[0-9]{14}'))
    group by r.source_id, g.student_group
),
wanted as (
    select l.cds, l.lea_type, l.county_code, l.in_files, l.dashboard_year, q.student_group, q.indicator
    from lea_years l
    join questions q using (dashboard_year)
    where l.basis = 'indicators'
),
found as (
    select w.*, r.* exclude (cds, dashboard_year, indicator, student_group, prior_denominator, prior_size_met), r.cds is not null as has_row
    from wanted w
    left join lea_results r on r.dashboard_year = w.dashboard_year and r.indicator = w.indicator and r.cds = w.cds and r.student_group = w.student_group
),
joined as (
    select
        d.*, q.measure, q.source_id,
        case q.measure when 'color' then d.color else d.status_level end as level,
        case q.size_test
            when 'flag' then d.current_size_met = 'Y'
            when 'denominator' then d.current_denominator >= if(q.is_small_group and d.lea_type <> 'charter', q.small_minimum, q.minimum)
            else d.color > 0
        end as size_ok,
        case
            when q.source_id is null then say_file_not_loaded(d.dashboard_year)
            when k.line is not null and (k.is_its_own or not d.has_row) then say_row_rejected(k.line, q.file, k.reason)
            when u.line is not null and not d.has_row and (d.lea_type <> 'charter' or u.may_be_school) then say_row_rejected(u.line, q.file, u.reason)
            when not (q.is_statewide or v.source_id is not null) then say_county_not_covered(q.file)
            when q.is_for_all and d.in_files and d.lea_type <> 'charter' and n.cds is null then say_lea_not_in_file(q.file)
            when not d.has_row and d.in_files is not false then x.because
        end as unknown_because
    from found d
    join questions q using (dashboard_year, student_group, indicator)
    left join covered v on v.source_id = q.source_id and v.county_code = d.county_code
    left join lea_in_file n on n.source_id = q.source_id and n.cds = d.cds
    left join expected_rows x on x.dashboard_year = d.dashboard_year and x.indicator = d.indicator and x.cds = d.cds and x.student_group = d.student_group
    left join rejected k on k.source_id = q.source_id and k.cds = d.cds and k.student_group = d.student_group
    left join unplaced u on u.source_id = q.source_id and u.student_group = d.student_group
)
select
    cds, dashboard_year, student_group, indicator, measure,
    case
        when unknown_because is not null then 'unknown'
        when not has_row then 'no_row'
        when coalesce(size_ok and level > 0, false) then 'result'
        else 'no_result'
    end as finding,
    level, status_level, if(begins, null, change_level) as change_level, color, current_status, current_numerator, current_denominator,
    if(begins, null, prior_status) as prior_status, if(begins, null, change) as change, current_size_met, unknown_because, source_id, source_line
from joined
join dashboard_scales using (indicator, dashboard_year)
