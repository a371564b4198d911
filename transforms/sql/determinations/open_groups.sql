-- Grain: LEA x determination year x pathway, with the student groups that may or may not count.
-- Key: cds, determination_year, pathway.
-- Inputs: continuum_groups.
-- Oddities: only the Continuum looks at groups this way; other pathways have no row.
select
    cds,
    determination_year,
    'continuum' as pathway,
    list(student_group) as student_groups
from continuum_groups
where may_count and not counts
group by cds, determination_year
