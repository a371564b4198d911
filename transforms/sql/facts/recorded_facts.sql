-- Grain: LEA x determination year x recorded pathway, with the facts for the reason of its verdict
--        (transforms.wording.sentences.recorded).
-- Key: cds, determination_year, pathway.
-- Inputs: verdicts, leas, pathways, case_states, pathway_register, run_parameters.
-- Oddities: an act dated after the last day of the determination is not on record for it, so its day is null.
with cases as (
    select
        s.cds,
        s.determination_year,
        s.pathway,
        list({
            case_id: s.case_id,
            case_state: s.case_state,
            finding: s.case_finding,
            known_from: s.known_from,
            requested: by_day(c.requested_date, s.as_of),
            received: by_day(c.received_date, s.as_of),
            assistance_from: c.assistance_from,
            assistance_provider: coalesce(c.assistance_provider, ''),
            assistance_statute: coalesce(c.assistance_statute, ''),
            determined: by_day(c.determination_date, s.as_of),
            geo_lead: coalesce(c.geo_lead, ''),
            answered: by_day(c.concurrence_date, s.as_of),
            same_body: coalesce(c.same_body, false),
            same_body_note: coalesce(c.same_body_note, ''),
            order_note: coalesce(c.order_note, ''),
            agreement_date: by_day(c.agreement_date, s.as_of),
            agreement_number: coalesce(c.agreement_number, ''),
            budget_act_item: coalesce(c.budget_act_item, ''),
            budget_act_year: c.budget_act_year,
            decided: by_day(c.decision_date, s.as_of),
            decision_reason: coalesce(c.decision_reason, ''),
            engaged: by_day(c.engagement_start, s.as_of),
            ended: by_day(c.end_date, s.as_of),
            end_reason: coalesce(c.end_reason, '')
        } order by s.case_state = 'closed', s.known_from desc, s.case_id) as cases
    from case_states s
    join pathway_register c using (case_id)
    group by all
)
select
    v.cds,
    v.determination_year,
    v.pathway,
    v.status,
    l.lea_type,
    p.name as pathway_name,
    p.record_kind,
    coalesce(p.determined_by, '') as determined_by,
    v.as_of,
    v.as_of < r.as_of as has_ended,
    coalesce(c.cases, []) as cases,
    coalesce(v.rejected_rows, 0) as rejected_rows,
    list_sort(coalesce(v.inherited_from, [])) as inherited_from,
    v.code_ended
from verdicts v
join leas l using (cds)
join pathways p using (pathway)
cross join run_parameters r
left join cases c using (cds, determination_year, pathway)
where p.decided = 'recorded'
