-- Grain: one case of a recorded pathway, as people entered it.
-- Key: case_id.
-- Inputs: reg_cases, pathways, leas, ref_counties, ref_geo_leads.
-- Rule: EC 52074(g)(1)(A) requires assistance under EC 52071 or 47607.3 before the determination, and two acts:
--       determination and agreement.
-- Oddities: a case is included even if its LEA has no verdicts because no source file names it. Whether one body did
--           both acts is computed from the term of the Geographic Lead on the day of its answer; if the list names no
--           lead for that day, it is not known. The lead in the register is compared with the list by the words that
--           distinguish office names. The requester's contact is only in the register.
with leads as (
    select
        c.case_id,
        string_agg(distinct g.geo_lead, ' or ' order by g.geo_lead) as listed_lead,
        coalesce(bool_or(g.lead_is_own_county = 'Y'), false) as same_body
    from reg_cases c
    join ref_geo_leads g
        on g.county_code = c.cds[1:2]
        and c.concurrence_date between coalesce(
            g.valid_from::date, date '0001-01-01'
        ) and coalesce(g.valid_to::date, date '9999-12-31')
    where g.geo_lead <> 'not found'
    group by all
)
select
    c.case_id,
    c.pathway,
    c.cds,
    c.lea_name,
    coalesce(
        l.lea_type,
        case
            when c.cds[8:14] <> '0000000' then 'charter'
            when c.cds[3:4] = '10' then 'county_office'
            else 'district'
        end
    ) as lea_type,
    k.county_code,
    k.county,
    l.cds is not null as has_verdicts,
    list_min([
        c.requested_date, c.received_date, c.determination_date, c.conferred_date, c.concurrence_date,
        c.agreement_date, c.decision_date, c.engagement_start, c.end_date
    ]) as known_from,
    c.requested_date,
    c.received_date,
    c.assistance_from,
    c.assistance_to,
    c.assistance_provider,
    c.assistance_statute,
    if(
        p.record_kind = 'two_acts' and c.determination_date is not null,
        coalesce(c.assistance_from < c.determination_date, false), null
    ) as precondition_shown,
    c.determination_date,
    c.determination_by,
    c.determination_reference,
    c.lcap_goals,
    c.geo_lead,
    c.conferred_date,
    c.concurrence,
    c.concurrence_date,
    c.concurrence_by,
    g.same_body,
    c.same_body = 'Y' as same_body_recorded,
    case
        when c.concurrence_date is not null and g.same_body is null then note_no_lead_known()
        when c.concurrence_date is not null and is_other_office(c.geo_lead, g.listed_lead)
            then note_lead_not_listed(c.geo_lead, g.listed_lead)
        when (c.same_body = 'Y') <> g.same_body
            then note_same_body_differs(if(g.same_body, 'no', 'yes'), if(g.same_body, 'yes', 'no'), g.listed_lead)
    end as same_body_note,
    if(c.concurrence_date < c.determination_date, note_agreed_before_determined(), null) as order_note,
    c.agreement_date,
    c.agreement_number,
    c.budget_act_item,
    c.budget_act_year,
    c.scope,
    c.amount_usd,
    c.statutory_ground,
    c.presenting_need,
    c.expected_months,
    c.coe_involvement,
    c.geo_lead_involvement,
    c.decision,
    c.decision_date,
    c.decision_reason,
    c.engagement_start,
    c.end_date,
    c.end_reason,
    c.evidence,
    c.entered_by,
    c.entered_on,
    c.superseded_by,
    c.note
from reg_cases c
left join pathways p using (pathway)
left join leas l using (cds)
left join ref_counties k on k.county_code = c.cds[1:2]
left join leads g using (case_id)
