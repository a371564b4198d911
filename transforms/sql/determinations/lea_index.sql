-- Grain: LEA x determination year x pathway: everything that must get a verdict.
-- Key: cds, determination_year, pathway.
-- Inputs: leas, determination_years, pathways.
-- Oddities: built before any verdict, so that a check can find an LEA that was lost on the way.
select l.cds, d.determination_year, p.pathway
from leas l
cross join determination_years d
cross join pathways p
