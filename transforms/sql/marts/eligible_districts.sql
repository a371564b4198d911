-- Grain: LEA x determination year with at least one pathway open to it.
-- Key: cds, determination_year.
-- Inputs: eligibility, pathways, eligible_sentences.
-- Oddities: county offices are included, under EC 52072.5; lea_type distinguishes them.
select
    e.cds,
    any_value(e.lea_name) as lea_name,
    any_value(e.lea_type) as lea_type,
    any_value(e.county) as county,
    e.determination_year,
    list(e.pathway order by p.position) as pathways,
    any_value(e.ccee_determination) as ccee_determination,
    any_value(e.ccee_determination_date) as ccee_determination_date,
    any_value(s.sentence) as sentence,
    string_agg(
        p.name || ' (' || e.statute || '): ' || e.reason || if(
            e.agrees_with_cde is false, ' ' || note_flag_of_cde(e.cde_flag), ''
        ), ' ' order by p.position
    ) as reasons
from eligibility e
join pathways p using (pathway)
join eligible_sentences s on s.cds = e.cds and s.determination_year = e.determination_year
where e.status = 'eligible'
group by e.cds, e.determination_year
