-- class: unusual
-- table: indicator_results
-- sentence: Rates lie between 0 and 100, and points at most {points_within} from standard, in either year.
-- reason: Rates are percentages, and distances from standard stay within a few hundred points; a value outside is of another column.
select dashboard_year, indicator, cds, student_group, source_id, source_line, current_status, prior_status
from indicator_results
where (
    indicator in ('chronic', 'susp', 'grad', 'elpi', 'cci')
    and (current_status not between 0 and 100 or prior_status not between 0 and 100)
) or (
    indicator in ('ela', 'math', 'ela11', 'math11')
    and (abs(current_status) > threshold(points_within) or abs(prior_status) > threshold(points_within))
)
order by all
