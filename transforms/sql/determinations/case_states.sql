-- Grain: case of a recorded pathway x determination year, as of the last day of that determination.
-- Key: case_id, determination_year.
-- Inputs: pathway_register, pathways, determination_years.
-- Rule: EC 52074(g): the dated act of a person opens a recorded pathway.
-- Oddities: the kind of acts that a pathway records determines what opens a case. A kind that is not listed here has no
--           status, and a check stops the release. Only acts dated on or before the day are known. A case without such
--           an act is left out, and so is a replaced case. If a pathway needs two acts, both are needed, in either
--           order, and earlier assistance must be on record; without it nothing is decided.
with known as (
    select
        c.case_id,
        c.pathway,
        p.record_kind,
        c.cds,
        d.determination_year,
        d.as_of,
        c.known_from,
        c.precondition_shown,
        c.budget_act_item is not null and c.budget_act_year is not null as authority_shown,
        c.received_date <= d.as_of as received,
        c.determination_date <= d.as_of as determined,
        if(c.concurrence_date <= d.as_of, c.concurrence, null) as concurrence,
        c.agreement_date <= d.as_of as agreed,
        if(c.decision_date <= d.as_of, c.decision, null) as decision,
        c.engagement_start <= d.as_of as engaged,
        c.end_date <= d.as_of as ended
    from pathway_register c
    join pathways p using (pathway)
    cross join determination_years d
    where c.superseded_by is null and c.known_from <= d.as_of
),
found as (
    select
        *,
        case
            when ended then 'ended'
            when record_kind = 'request' then coalesce(decision, 'no_decision')
            when record_kind = 'agreement' and agreed then if(authority_shown, 'agreed', 'authority_not_shown')
            when record_kind = 'agreement' then 'only_requested'
            when record_kind = 'determination' then if(determined, 'determined', 'only_requested')
            when record_kind <> 'two_acts' then null
            when concurrence = 'no' then 'lead_disagreed'
            when determined and concurrence = 'yes' then if(precondition_shown, 'both_acts', 'precondition_not_shown')
            when determined then 'lead_not_heard'
            when concurrence = 'yes' then 'not_determined'
            else 'only_requested'
        end as finding
    from known
)
select
    case_id,
    pathway,
    cds,
    determination_year,
    as_of,
    known_from,
    case
        when finding in ('ended', 'declined', 'withdrawn') then 'closed'
        when engaged then 'engaged'
        when agreed or finding = 'accepted' then 'agreed'
        when received and finding in ('both_acts', 'determined', 'precondition_not_shown') then 'referred'
        when concurrence = 'yes' then 'concurred'
        when determined then 'determined'
        else 'requested'
    end as case_state,
    case
        when finding is null then null
        when finding in ('both_acts', 'determined', 'agreed', 'authority_not_shown', 'accepted') then 'eligible'
        when finding in ('precondition_not_shown', 'no_decision') then 'undetermined'
        else 'not_eligible'
    end as status,
    finding as case_finding
from found
