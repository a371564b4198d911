-- class: impossible
-- table: eligibility
-- sentence: Every LEA has exactly one verdict for each pathway and determination year, and no verdict is for an LEA
--   outside the index.
-- reason: No LEA may disappear between input and result.
select
    coalesce(i.cds, v.cds) as cds,
    coalesce(i.determination_year, v.determination_year) as determination_year,
    coalesce(i.pathway, v.pathway) as pathway,
    count(v.status) as verdicts
from lea_index i
full join verdicts v on v.cds = i.cds and v.determination_year = i.determination_year and v.pathway = i.pathway
group by all
having count(v.status) <> 1 or count(i.cds) <> 1
