-- class: unusual
-- table: indicator_results
-- sentence: No more students are counted than there are, in either year.
-- reason: A shifted column shows here first.
select
    dashboard_year,
    indicator,
    cds,
    student_group,
    source_id,
    source_line,
    current_numerator,
    current_denominator,
    prior_numerator,
    prior_denominator
from indicator_results
where current_numerator > current_denominator or prior_numerator > prior_denominator
order by all
