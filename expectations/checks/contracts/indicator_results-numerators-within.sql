-- class: unusual
-- table: indicator_results
-- sentence: No row has a numerator larger than its denominator, in the current or the prior year.
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
