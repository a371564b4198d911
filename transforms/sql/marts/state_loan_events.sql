-- Grain: state loan x event; each row is one dated fact.
-- Key: event_id.
-- Inputs: loan_events_dated, reg_state_loans.
-- Oddities: repaid and released are different events. If a source gives a month or a season, earliest and latest are
--           the limits of the day.
select
    e.event_id,
    e.loan_id,
    coalesce(l.cds, l.successor_cds) as cds,
    l.district,
    e.event,
    e.event_date,
    e.precision,
    e.earliest::date as earliest,
    e.latest::date as latest,
    e.date_text,
    e.role,
    e.amount_usd,
    e.source_url,
    e.confidence,
    e.note
from loan_events_dated e
join reg_state_loans l using (loan_id)
