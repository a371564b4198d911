-- title: Letters since 2017
-- question: Which letters, ours and CDE's, has each student group of an LEA had since 2017?
-- param: cds = required, such as '27661590000000' -- name or CDS code
select s.student_group, s.name, h.dashboard_year, h.letter as ours, h.cde_letter as cde, h.priorities_met, h.basis
from student_group_history h
join student_groups s using (student_group)
where h.cds = $cds and (h.letter is not null or h.cde_letter is not null)
order by s.student_group, h.dashboard_year
