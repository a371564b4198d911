-- class: impossible
-- table: indicator_results
-- sentence: The rows of one Dashboard year and indicator are of one file.
-- reason: Two files that speak of the same year and indicator judge every LEA twice.
select dashboard_year, indicator, list(distinct source_id order by source_id) as source_ids
from indicator_results
group by dashboard_year, indicator
having count(distinct source_id) > 1
order by all
