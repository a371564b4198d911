-- Grain: LEA x determination year in which it is eligible through at least one pathway.
-- Key: cds, determination_year.
-- Inputs: verdicts, leas, pathways.
select
    v.cds,
    v.determination_year,
    l.lea_name,
    list(p.name order by p.position) as pathways,
    coalesce(bool_or(v.decided_by = 'cde'), false) as by_cde
from verdicts v
join leas l using (cds)
join pathways p using (pathway)
where v.status = 'eligible'
group by all
