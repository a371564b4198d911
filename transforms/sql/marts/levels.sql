-- Grain: one value of a measure, with the label that CDE gives it.
-- Key: measure, level, position.
-- Inputs: ref_levels.
-- Oddities: labels run the other way for chronic absenteeism and suspension, where less is better; level 1 is the worst of either.
select measure, level::tinyint as level, row_number() over (partition by measure, level order by indicators)::tinyint as position,
    label, if(indicators = '*', null, string_split(indicators, '|')) as indicators
from ref_levels
