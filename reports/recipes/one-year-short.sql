-- title: One year short
-- question: Which student groups need one more Dashboard to count, and which LEAs would that make eligible?
select county, lea_name, cds, student_group, watch, years, indicators, next_dashboard, would_be_eligible, sentence
from watch_list
where watch in ('one_more_year', 'one_more_group') -- one_more_group: the only group that the LEA lacks
order by would_be_eligible desc, county, lea_name, cds, student_group
