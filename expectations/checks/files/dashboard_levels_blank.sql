-- class: unusual
-- table: indicator_results
-- sentence: Every Dashboard row has the level that the rules of its year use.
-- reason: CDE writes 0 where there is no level. What depends on a blank is not determined.
select i.source_id, i.source_line, i.cds, i.student_group, m.measure
from indicator_results i
join (select distinct dashboard_year, indicator, measure from rule_conditions) m using (dashboard_year, indicator)
where if(m.measure = 'color', i.color, i.status_level) is null
order by i.source_id, i.source_line
