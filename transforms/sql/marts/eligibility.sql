-- Grain: LEA x determination year x pathway: every verdict, also "no" and "not determined".
-- Key: cds, determination_year, pathway.
-- Inputs: lea_index, verdicts, leas, reasons.
-- Oddities: built from the index, so an LEA without a verdict shows as a null status and stops the release.
--           CDE's flag exists for the continuum only; it is absent where the workbook does not list the LEA.
select
    i.cds, l.lea_name, l.lea_type, l.county_code, l.county,
    i.determination_year, i.pathway, v.status, r.reason, v.statute,
    v.student_groups, v.basis, v.decided_by, v.rule_set, v.as_of, v.case_state, v.source_age_years, v.source_is_old, v.cde_flag,
    if(v.decided_by like 'computed_%', (v.cde_flag = 'Y') = (v.status = 'eligible'), null) as agrees_with_cde
from lea_index i
left join verdicts v on v.cds = i.cds and v.determination_year = i.determination_year and v.pathway = i.pathway
left join leas l on l.cds = i.cds
left join reasons r on r.cds = i.cds and r.determination_year = i.determination_year and r.pathway = i.pathway
