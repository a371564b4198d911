-- Grain: one state loan to a school district.
-- Key: loan_id.
-- Inputs: reg_state_loans.
-- Oddities: maintained by hand, because no machine-readable list exists. A dissolved district has no CDS code, only its
--           successor's.
select
    loan_id,
    cds,
    successor_cds,
    successor_name,
    district,
    former_name,
    county_code,
    enabling_act,
    chapter,
    basis,
    fiscal_year,
    amount_authorized_usd,
    amount_drawn_usd,
    lender,
    interest_rate,
    latest_balance_usd,
    latest_balance_as_of,
    scheduled_payoff,
    status_at_latest_source,
    latest_source_date,
    latest_source_precision,
    confidence,
    confidence_note,
    unknown,
    notes,
    source_url,
    more_sources
from reg_state_loans
