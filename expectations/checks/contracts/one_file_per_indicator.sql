-- class: impossible
-- table: indicator_results
-- sentence: All rows of a Dashboard year and indicator come from one file.
-- reason: Two files for the same year and indicator would judge every LEA twice.
select dashboard_year, indicator, list(distinct source_id order by source_id) as source_ids
from indicator_results
group by dashboard_year, indicator
having count(distinct source_id) > 1
order by all
