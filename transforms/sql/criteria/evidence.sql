-- Grain: LEA x Dashboard year x student group x indicator that the year's rules look at, for years computed from indicator rows.
-- Key: cds, dashboard_year, student_group, indicator.
-- Inputs: lea_years, rule_groups, rule_criterion_groups, rule_conditions, indicator_results, leas, dashboard_entities, source_files,
--         source_coverage, rejects, ref_indicators, ref_student_groups.
-- Oddities: silence has four meanings: the file is missing, the row was kept aside, the file does not cover the county, or an LEA
--           lacks the row that every LEA has ('unknown'); otherwise the group simply has no row ('no_row').
--           A row kept aside whose student group cannot be read may be of any group that has no row of its own.
--           A charter school may lack it: not every school has students in the grades. The smaller size for some groups is for districts
--           and county offices only. A row whose size test fails is 'no_result': its level must not be used (2022 fills levels from 11 students on).
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
wanted as (
    select l.cds, l.lea_type, l.county_code, l.in_files, a.*
    from lea_years l
    join asked a using (dashboard_year)
    where l.basis = 'indicators'
),
lea_in_file as (
    select distinct source_id, cds from dashboard_entities
),
results as materialized (
    select
        r.cds, r.source_id, r.student_group, r.source_line, r.status_level, r.change_level, r.color, r.current_status, r.current_numerator,
        r.current_denominator, r.prior_status, r.change, r.current_size_met
    from indicator_results r semi join leas using (cds)
    where r.student_group in (select student_group from rule_groups)
),
kept_aside as (
    select r.source_id, r.cds, g.student_group, min(r.line) as line, arg_min(r.reason, r.line) as reason, bool_or(r.student_group = g.student_group) as is_its_own
    from rejects r
    join ref_student_groups g
        on g.student_group = r.student_group or r.student_group is null or r.student_group not in (select student_group from ref_student_groups)
    where r.cds is not null
    group by r.source_id, r.cds, g.student_group
),
joined as (
    select
        w.*, f.source_id, f.file, r.source_line, r.status_level, r.change_level, r.color, r.current_status, r.current_numerator,
        r.current_denominator, r.prior_status, r.change, r.current_size_met,
        r.cds is not null as has_row,
        case w.measure when 'color' then r.color else r.status_level end as level,
        case w.size_test
            when 'flag' then r.current_size_met = 'Y'
            when 'denominator' then r.current_denominator >= if(w.is_small_group and w.lea_type <> 'charter', w.small_minimum, w.minimum)
            else r.color > 0
        end as size_ok,
        case
            when f.source_id is null then say_file_not_at_hand(w.dashboard_year)
            when k.line is not null and (k.is_its_own or r.cds is null) then say_row_kept_aside(k.line, f.file, k.reason)
            when not coalesce(v.statewide or list_contains(v.counties, w.county_code), false) then say_county_not_covered(f.file)
            when i.reported_for = 'all' and w.in_files and w.lea_type <> 'charter' and n.cds is null then say_lea_not_in_file(f.file)
        end as unknown_because
    from wanted w
    join ref_indicators i on i.indicator = w.indicator
    left join source_files f on f.layout = 'dashboard' and f.dashboard_year = w.dashboard_year and f.indicator = w.indicator
    left join source_coverage v on v.source_id = f.source_id
    left join results r on r.source_id = f.source_id and r.cds = w.cds and r.student_group = w.student_group
    left join lea_in_file n on n.source_id = f.source_id and n.cds = w.cds
    left join kept_aside k on k.source_id = f.source_id and k.cds = w.cds and k.student_group = w.student_group
)
select
    cds, dashboard_year, student_group, indicator, measure,
    case
        when unknown_because is not null then 'unknown'
        when not has_row then 'no_row'
        when coalesce(size_ok and level > 0, false) then 'result'
        else 'no_result'
    end as finding,
    level, status_level, change_level, color, current_status, current_numerator, current_denominator, prior_status, change,
    current_size_met, unknown_because, source_id, source_line
from joined
