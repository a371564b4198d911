-- Grain: LEA x determination year x pathway.
-- Key: cds, determination_year, pathway.
-- Inputs: continuum, wraparound, leas, determination_years, pathways.
-- Oddities: recorded pathways are never computed. Without a record there is nothing to judge ('not_assessed'); an LEA of a kind that
--           the pathway does not serve is 'not_applicable'.
with decided as (
    select
        cds, determination_year, 'continuum' as pathway, status, statute, rule_set, basis,
        student_groups_counting as student_groups, null::date as as_of
    from continuum
    union all by name
    select
        w.cds, w.determination_year, 'wraparound' as pathway, w.status, p.statute, 'wraparound' as rule_set, 'state_loan_register' as basis,
        []::varchar[] as student_groups, w.as_of
    from wraparound w
    join pathways p on p.pathway = 'wraparound'
    union all by name
    select
        l.cds, d.determination_year, p.pathway,
        if(list_contains(p.may_receive, l.lea_type), 'not_assessed', 'not_applicable') as status,
        p.statute, 'recorded' as rule_set, 'case_register' as basis, []::varchar[] as student_groups, d.as_of
    from leas l
    cross join determination_years d
    join pathways p on p.decided = 'recorded'
)
select * from decided
