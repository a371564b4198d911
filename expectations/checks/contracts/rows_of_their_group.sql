-- class: unusual
-- table: indicator_results
-- sentence: No row of a district or county office matches another student group's row of last year instead of its own
--   group's.
-- reason: A row under another group's code does not contradict itself, but both groups would be judged by it. Only the
--   files of two years show it.
-- A value that CDE recalculated differs from last year's row of every group. Here, the status and number of students
-- match another group's row, and either one of the two groups lacks a row, or each has the other's values.
with group_rows as (
    select
        source_id,
        source_line,
        indicator,
        cds,
        student_group,
        dashboard_year,
        current_status,
        current_denominator,
        prior_status,
        prior_denominator
    from indicator_results
    where record_type = 'D' and student_group in (select student_group from rule_groups)
),
years as (
    select dashboard_year, lag(dashboard_year) over (order by dashboard_year) as year_before
    from (select distinct dashboard_year from group_rows)
)
select
    n.source_id,
    n.source_line,
    n.cds,
    n.student_group,
    n.prior_status,
    n.prior_denominator,
    o.source_id as earlier_source_id,
    o.source_line as earlier_source_line,
    o.student_group as earlier_student_group
from group_rows n
join years y using (dashboard_year)
join group_rows o
    on o.indicator = n.indicator and o.dashboard_year = y.year_before and o.cds = n.cds
    and o.student_group <> n.student_group
    and o.current_status = n.prior_status and o.current_denominator = n.prior_denominator
    and n.prior_denominator >= threshold(exchanged_group_students)
anti join (from dashboard_scales where begins) s on s.indicator = n.indicator and s.dashboard_year = n.dashboard_year
left join group_rows own on own.source_id = o.source_id and own.cds = n.cds and own.student_group = n.student_group
left join group_rows left_behind on left_behind.source_id = n.source_id and left_behind.cds = n.cds
    and left_behind.student_group = o.student_group
where own.cds is null
    or (
        own.current_status is distinct from n.prior_status
        and own.current_denominator is distinct from n.prior_denominator
        and (
            left_behind.cds is null
            or (
                left_behind.prior_status = own.current_status
                and left_behind.prior_denominator = own.current_denominator
            )
        )
    )
order by all
