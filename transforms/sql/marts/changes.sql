-- Grain: LEA x pathway x pair of consecutive determination years: newly eligible, continuing or no longer eligible.
-- Key: cds, pathway, to_year.
-- Inputs: pathway_changes, leas, change_sentences.
select
    c.cds,
    l.lea_name,
    l.lea_type,
    l.county,
    c.pathway,
    c.from_year,
    c.to_year,
    c.change,
    c.status_before,
    c.status_after,
    c.groups_added,
    c.groups_removed,
    s.cause,
    s.sentence
from pathway_changes c
join leas l using (cds)
left join change_sentences s using (cds, pathway, to_year)
