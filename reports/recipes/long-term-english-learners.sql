-- title: Long-term English learners
-- question: Where did long-term English learners, a separate group since 2024, meet the criteria?
-- param: year = null -- Dashboard year; the latest with results if not given
select l.county, l.lea_name, h.cds, h.meets_criteria, h.letter, h.cde_letter, h.priorities_met, h.basis
from student_group_history h
join leas l using (cds)
where h.student_group = 'LTEL' and h.has_result
    and h.dashboard_year = coalesce(
        $year::smallint,
        (select max(dashboard_year) from student_group_history where student_group = 'LTEL' and has_result)
    )
order by h.meets_criteria desc nulls last, l.county, l.lea_name, h.cds
