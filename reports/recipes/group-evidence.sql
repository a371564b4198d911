-- title: Evidence for a group
-- question: Which results did a student group of an LEA have in one year, and which criteria did it meet?
-- param: cds = required, such as '27661590000000' -- name or CDS code
-- param: student_group = required, such as 'LTEL' -- student group code
-- param: year = null -- Dashboard year; the latest with evidence if not given
with met as (
    select distinct
        c.indicator,
        r.cds,
        r.dashboard_year,
        r.student_group,
        string_agg(distinct c.clause, '; ' order by c.clause) as criteria_met
    from criterion_results r
    join rule_criteria c on c.criterion = r.criterion
    where r.met
    group by all
)
select
    e.indicator,
    e.finding,
    e.color,
    e.status_level,
    e.change_level,
    e.current_status,
    e.change,
    e.current_denominator,
    m.criteria_met,
    s.file,
    e.source_line
from evidence e
left join met m using (cds, dashboard_year, student_group, indicator)
left join meta_sources s on s.source_id = e.source_id
where e.cds = $cds and e.student_group = $student_group
    and e.dashboard_year = coalesce($year::smallint, (select max(dashboard_year) from evidence where cds = $cds))
order by e.indicator
