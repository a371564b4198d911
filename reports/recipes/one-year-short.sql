-- title: One year short
-- question: Which student groups are one Dashboard short of counting, and whom would that make eligible?
select county, lea_name, cds, student_group, years, indicators, next_dashboard, would_be_eligible, sentence
from watch_list
where watch = 'one_more_year'
order by would_be_eligible desc, county, lea_name, cds, student_group
