-- Grain: LEA x determination year x pathway.
-- Key: cds, determination_year, pathway.
-- Inputs: continuum, wraparound, case_states, leas, determination_years, pathways.
-- Oddities: recorded pathways are never computed. Without a case on record nothing is assessed ('not_assessed'); an LEA of a kind that
--           the pathway does not serve is 'not_applicable'. Of several cases the one nearest to a yes decides, then an open one, then the latest.
with deciding_cases as (
    select cds, determination_year, pathway, status, case_state
    from case_states
    qualify row_number() over (
        partition by cds, determination_year, pathway
        order by
            case status when 'eligible' then 1 when 'undetermined' then 2 else 3 end, case_state = 'closed', known_from desc, case_id
    ) = 1
),
decided as (
    select
        cds, determination_year, 'continuum' as pathway, status, statute, rule_set, basis, decided_by, cde_flag,
        student_groups_counting as student_groups, null::date as as_of
    from continuum
    union all by name
    select
        w.cds, w.determination_year, 'wraparound' as pathway, w.status, p.statute, 'wraparound' as rule_set, 'state_loan_register' as basis,
        if(w.status in ('undetermined', 'not_applicable'), null, 'state_loan_register') as decided_by, []::varchar[] as student_groups, w.as_of
    from wraparound w
    join pathways p on p.pathway = 'wraparound'
    union all by name
    select
        l.cds, d.determination_year, p.pathway,
        if(list_contains(p.may_receive, l.lea_type), coalesce(c.status, 'not_assessed'), 'not_applicable') as status,
        p.statute, 'recorded' as rule_set, 'case_register' as basis,
        if(coalesce(c.status, 'not_assessed') in ('eligible', 'not_eligible') and list_contains(p.may_receive, l.lea_type), 'case_register', null) as decided_by,
        []::varchar[] as student_groups, d.as_of, c.case_state
    from leas l
    cross join determination_years d
    join pathways p on p.decided = 'recorded'
    left join deciding_cases c on c.cds = l.cds and c.determination_year = d.determination_year and c.pathway = p.pathway
)
select * from decided
