-- title: Preview of 2026
-- question: Which student groups would the provisional criteria of 2026 reach with one more red? It decides nothing.
select county, lea_name, cds, student_group, years, indicators, standing, sentence
from watch_list
where watch = 'preview_one_more_red'
order by county, lea_name, cds, student_group
