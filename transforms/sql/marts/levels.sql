-- Grain: one value of a measure, with CDE's label.
-- Key: measure, level, position.
-- Inputs: ref_levels, ref_indicators.
-- Oddities: labels run the other way for chronic absenteeism and suspension, where lower is better. Level 1 is always
--           the worst.
select
    l.measure,
    l.level::tinyint as level,
    row_number() over (partition by l.measure, l.level order by l.better)::tinyint as position,
    l.label,
    list(i.indicator order by i.position) filter (l.better is not null) as indicators
from ref_levels l
join ref_indicators i on i.better = coalesce(l.better, i.better)
group by l.measure, l.level, l.better, l.label
