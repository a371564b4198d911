-- title: Preview of 2026
-- question: Which groups meet the provisional criteria of 2026, or would with one more red? This decides nothing.
select county, lea_name, cds, student_group, watch, years, indicators, standing, sentence
from watch_list
where watch like 'preview%'
order by county, lea_name, cds, student_group
