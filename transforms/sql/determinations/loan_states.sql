-- Grain: state loan x determination year, as of the last day of that determination.
-- Key: loan_id, determination_year.
-- Inputs: reg_state_loans, loan_events_dated, determination_years, wraparound_rule.
-- Rule: EC 52074(g)(2)(A): a district that receives an emergency apportionment is deemed referred.
-- Oddities: the known text names no end, so repayment and release are shown and the referral is left open for a person
--           ('referral_closed' or 'referral_confirmed' in the register settles it). Loans repaid before the provision took effect: the text does not
--           say whether they count. A referral passes to a successor district in no known text.
with dated as (
    select
        l.loan_id, coalesce(l.cds, l.successor_cds) as cds, l.cds is null as of_predecessor, d.determination_year, d.as_of, w.effective,
        min(e.latest) filter (e.event = w.receipt_event) as received_by,
        min(e.earliest) filter (e.event = w.receipt_event) as received_from,
        min(e.latest) filter (e.event = 'repaid') as repaid_by,
        min(coalesce(e.earliest, date '0001-01-01')) filter (e.event = 'repaid') as repaid_from,
        min(e.latest) filter (e.event = 'released') as released_by,
        min(coalesce(e.earliest, date '0001-01-01')) filter (e.event = 'released') as released_from,
        max(e.event_date) filter (e.event = 'referral_confirmed' and e.event_date <= d.as_of) as confirmed_on,
        max(e.event_date) filter (e.event = 'referral_closed' and e.event_date <= d.as_of) as closed_on
    from reg_state_loans l
    cross join determination_years d
    cross join wraparound_rule w
    left join loan_events_dated e using (loan_id)
    group by all
)
select
    loan_id, cds, of_predecessor, determination_year, as_of, received_by, repaid_by, released_by, confirmed_on, closed_on,
    case
        when closed_on is not null and closed_on >= coalesce(confirmed_on, closed_on) then 'closed'
        when confirmed_on is not null then 'confirmed'
        when received_by is null then 'receipt_not_dated'
        when received_from > as_of then 'not_received'
        when received_by > as_of then 'receipt_not_dated'
        when repaid_by < effective then 'repaid_before_law'
        when of_predecessor then 'of_predecessor'
        when repaid_from <= as_of or released_from <= as_of then 'repaid_or_released'
        else 'outstanding'
    end as loan_state
from dated
