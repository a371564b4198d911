-- class: unusual
-- table: indicator_results
-- sentence: Every rate is between 0 and 100, and every status in points is within {points_within} of the standard, in
--   the current and the prior year.
-- reason: A value outside this range comes from another column, or is an error by CDE in one row.
select r.source_id, r.cds, r.student_group, r.source_line, r.current_status, r.prior_status
from indicator_results r
join dashboard_scales s using (indicator, dashboard_year)
where (
    s.unit like 'percent%'
        and not (coalesce(r.current_status, 0) between 0 and 100 and coalesce(r.prior_status, 0) between 0 and 100)
)
    or (
        s.unit = 'points from standard'
            and greatest(
                abs(coalesce(r.current_status, 0)), abs(coalesce(r.prior_status, 0))
            ) > threshold(points_within)
    )
order by all
