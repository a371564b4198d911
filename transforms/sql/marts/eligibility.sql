-- Grain: LEA x determination year x pathway: every verdict, including "no" and "not determined".
-- Key: cds, determination_year, pathway.
-- Inputs: lea_index, verdicts, leas, continuum_reasons, wraparound_reasons, recorded_reasons, necessity_determinations,
--         register_doubts.
-- Oddities: built from the index, so an LEA without a verdict has a null status and stops the release. CDE's flag
--           exists only for the continuum, and is null if the workbook does not list the LEA. Meeting the criteria is
--           not CCEE's decision: ccee_determination shows from its register whether CCEE's assistance is necessary (EC
--           52072).
with reasons as (
    select * from continuum_reasons
    union all
    select * from wraparound_reasons
    union all
    select * from recorded_reasons
)
select
    i.cds,
    l.lea_name,
    l.lea_type,
    l.county_code,
    l.county,
    i.determination_year,
    i.pathway,
    v.status,
    r.reason,
    v.statute,
    v.student_groups,
    v.basis,
    v.decided_by,
    v.rule_set,
    v.as_of,
    v.case_state,
    v.source_age_years,
    v.source_is_old,
    v.cde_flag,
    case
        when v.pathway <> 'continuum' or v.status <> 'eligible' then null
        when n.necessary = 'yes' then 'necessary'
        when n.necessary = 'no' then 'not_necessary'
        when x.cds is not null then 'record_rejected'
        else 'not_recorded'
    end as ccee_determination,
    if(v.pathway = 'continuum' and v.status = 'eligible', n.determination_date, null) as ccee_determination_date,
    if(v.decided_by like 'computed_%', (v.cde_flag = 'Y') = (v.status = 'eligible'), null) as agrees_with_cde
from lea_index i
left join verdicts v on v.cds = i.cds and v.determination_year = i.determination_year and v.pathway = i.pathway
left join leas l on l.cds = i.cds
left join reasons r on r.cds = i.cds and r.determination_year = i.determination_year and r.pathway = i.pathway
left join necessity_determinations n on n.cds = i.cds and n.determination_year = i.determination_year
left join (select distinct cds from register_doubts where pathway = 'necessity') x on x.cds = i.cds
