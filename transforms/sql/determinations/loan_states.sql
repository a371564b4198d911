-- Grain: state loan x determination year x LEA that it concerns: the loan while that determination is in force.
-- Key: loan_id, determination_year, cds.
-- Inputs: reg_state_loans, loan_events_dated, determination_years, wraparound_rule, register_doubts, reg_successions,
--         succession_chains.
-- Rule: EC 52074(g)(2)(A): a district that receives an emergency apportionment is deemed referred.
-- Oddities: a loan that was outstanding on the first day, or was received later, is outstanding for that determination
--           even if it is repaid before the last day. The known text of the law names no end, so a loan repaid before
--           the first day leaves the referral open until a person decides ('referral_closed' or 'referral_confirmed' in
--           the register). An act of a person counts from the last day that its source allows; until then nothing is
--           decided. If there are opposite acts on one day, it is not known which came last. Loans repaid before the
--           provision took effect do not count (a reading of the law: wraparound_rule). The law uses the word
--           "receives": a loan that is authorized and not known to be drawn decides nothing. A loan that is drawn was
--           received by that day, however vague the day of its act is. A loan with a rejected event decides nothing. A
--           repaid loan without a dated repayment was repaid by the day of its source. A source can be too old only
--           while it shows the loan as open. If the borrower's code has ended, the loan concerns its successor from
--           that day on. Only a person who confirms the referral later decides whether the loan passes to the successor
--           ('of_predecessor'). The borrower itself keeps the determinations that were in force before ('code_ended'
--           afterwards). Events after the day of the run are not known to it: repaid_by and released_by are then empty.
with events as (
    select
        e.loan_id,
        d.determination_year,
        min(e.latest) filter (e.event in (w.receipt_event, 'disbursed')) as received_by,
        min(e.earliest) filter (e.event = w.receipt_event) as received_from,
        min(e.latest) filter (e.event = 'disbursed') as drawn_by,
        min(e.latest) filter (e.event = 'repaid') as repaid_by,
        min(coalesce(e.earliest, date '0001-01-01')) filter (e.event = 'repaid') as repaid_from,
        min(e.latest) filter (e.event = 'released') as released_by,
        min(coalesce(e.earliest, date '0001-01-01')) filter (e.event = 'released') as released_from
    from loan_events_dated e
    cross join determination_years d
    cross join wraparound_rule w
    group by all
),
acts as (
    select
        e.loan_id,
        d.determination_year,
        e.event,
        max(e.event_date) filter (e.latest <= d.as_of) as done_on,
        max(e.latest) filter (e.latest <= d.as_of) as done_by,
        max(coalesce(e.earliest, date '0001-01-01')) filter (e.latest <= d.as_of) as done_from,
        bool_or(coalesce(e.earliest, date '0001-01-01') <= d.as_of and e.latest > d.as_of) as may_be_done
    from loan_events_dated e
    cross join determination_years d
    where e.event in ('referral_confirmed', 'referral_closed')
    group by all
),
loans as (
    select
        loan_id,
        latest_source_date,
        if(
            status_at_latest_source = 'repaid', last_possible_day(latest_source_date, latest_source_precision), null
        ) as source_says_repaid_by,
        coalesce(amount_drawn_usd, 0) > 0 or status_at_latest_source in ('outstanding', 'repaid') as source_says_drawn
    from reg_state_loans
),
concerned as (
    select loan_id, coalesce(cds, successor_cds) as cds, cds is null as follows, null::date as since
    from reg_state_loans
    union all
    select loan_id, successor_cds, true, null from reg_state_loans where cds <> successor_cds
    union all
    select l.loan_id, c.cds, true, c.since
    from reg_state_loans l join succession_chains c on c.predecessor_cds in (l.cds, l.successor_cds)
),
leas_concerned as (
    select
        c.loan_id,
        c.cds,
        bool_and(c.follows) as follows,
        if(count(*) > count(c.since), null, min(c.since)) as since,
        min(r.succession_date) as ended_on
    from concerned c
    left join reg_successions r on r.predecessor_cds = c.cds
    group by c.loan_id, c.cds
),
dated as (
    select
        l.*,
        k.cds,
        k.since,
        k.follows,
        coalesce(k.ended_on <= d.in_force_from, false) as has_ended,
        d.determination_year,
        d.in_force_from,
        d.as_of,
        w.effective,
        w.old_after_years,
        e.* exclude (loan_id, determination_year) replace (
            coalesce(e.repaid_by, l.source_says_repaid_by) as repaid_by,
            coalesce(e.repaid_from, if(l.source_says_repaid_by is not null, date '0001-01-01', null)) as repaid_from
        ),
        confirmed.done_on as confirmed_on,
        confirmed.done_by as confirmed_by,
        confirmed.done_from as confirmed_from,
        coalesce(confirmed.may_be_done, false) as may_be_confirmed,
        closed.done_on as closed_on,
        closed.done_by as closed_by,
        closed.done_from as closed_from,
        coalesce(closed.may_be_done, false) as may_be_closed
    from loans l
    join leas_concerned k using (loan_id)
    join determination_years d on k.since is null or k.since <= d.as_of
    cross join wraparound_rule w
    left join events e on e.loan_id = l.loan_id and e.determination_year = d.determination_year
    left join acts confirmed on confirmed.loan_id = l.loan_id and confirmed.determination_year = d.determination_year
        and confirmed.event = 'referral_confirmed'
    left join acts closed on closed.loan_id = l.loan_id and closed.determination_year = d.determination_year
        and closed.event = 'referral_closed'
),
doubted as (
    select distinct d.loan_id, d.determination_year
    from dated d join register_doubts x on x.loan_id = d.loan_id and (x.since is null or x.since <= d.as_of)
),
judged as (
    select
        d.*,
        x.loan_id is not null as has_rejected_event,
        greatest(d.in_force_from, d.received_by) as first_day,
        case when d.drawn_by is not null then d.drawn_by <= d.as_of else d.source_says_drawn end as is_drawn,
        case
            when d.has_ended and not d.follows then 'code_ended'
            when d.has_ended or d.confirmed_from < d.since then 'of_predecessor'
            else 'confirmed'
        end as state_if_confirmed
    from dated d
    left join doubted x using (loan_id, determination_year)
)
select
    loan_id,
    cds,
    follows or has_ended as of_predecessor,
    determination_year,
    as_of,
    received_by,
    if(repaid_from <= (select max(as_of) from determination_years), repaid_by, null) as repaid_by,
    if(released_from <= (select max(as_of) from determination_years), released_by, null) as released_by,
    confirmed_on,
    closed_on,
    case
        when has_rejected_event then 'record_rejected'
        when may_be_closed then 'referral_not_dated'
        when closed_by is null and confirmed_by is not null or confirmed_from > closed_by
            then state_if_confirmed
        when closed_by is not null and not may_be_confirmed and (confirmed_by is null or closed_from > confirmed_by)
            then 'closed'
        when closed_by is not null then 'referral_not_dated'
        when received_by is null then 'receipt_not_dated'
        when received_from > as_of then 'not_received'
        when received_by > as_of then 'receipt_not_dated'
        when repaid_by < effective then if(may_be_confirmed, 'referral_not_dated', 'repaid_before_law')
        when follows then 'of_predecessor'
        when has_ended then 'code_ended'
        when coalesce(repaid_from, released_from) <= first_day then 'repaid_or_released'
        when not is_drawn then 'authorized_only'
        else 'outstanding'
    end as loan_state,
    latest_source_date,
    if(
        source_says_repaid_by is null, greatest(date_sub('year', latest_source_date, as_of), 0)::smallint, null
    ) as source_age_years,
    source_says_repaid_by is null and date_sub('year', latest_source_date, as_of) >= old_after_years as source_is_old
from judged
