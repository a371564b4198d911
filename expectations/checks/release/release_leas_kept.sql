-- class: fault
-- table: leas
-- sentence: Every LEA of the release before is in this one.
-- reason: No LEA may disappear from one night to the next. A closed LEA keeps its rows in the files of its years.
select b.cds, b.lea_name, b.lea_type, b.last_dashboard_year
from before.leas b
anti join leas l on l.cds = b.cds
order by b.cds
