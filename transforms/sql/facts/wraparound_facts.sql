-- Grain: LEA x determination year, with the facts for the reason of its verdict on Wraparound
--        (transforms.wording.sentences.wraparound).
-- Key: cds, determination_year.
-- Inputs: wraparound, leas, loan_states, reg_state_loans, loan_events_dated, wraparound_rule, reg_successions,
--         run_parameters.
-- Oddities: if several events of one kind may have happened by the last day of the determination, the earliest is
--           named; for a person's acts on the referral, the latest.
with dated as (
    select
        s.loan_id,
        s.determination_year,
        e.event,
        arg_min(
            {text: e.date_text, day: e.event_date, precision: e.precision},
            (coalesce(e.latest, date '9999-12-31'), e.date_text)
        ) as said,
        arg_max(
            {text: e.date_text, day: e.event_date, precision: e.precision}, (e.latest, e.date_text)
        ) as last_said
    from loan_states s
    join loan_events_dated e using (loan_id)
    where coalesce(e.earliest, e.latest) <= s.as_of
    group by all
),
ended as (
    select predecessor_cds as cds, min(succession_date) as ended_on from reg_successions group by all
),
loans as (
    select
        s.cds,
        s.determination_year,
        list({
            district: l.district,
            act: coalesce(l.enabling_act, ''),
            loan_state: s.loan_state,
            authorized: a.said,
            repaid: r.said,
            released: y.said,
            confirmed: c.last_said,
            closed: x.last_said,
            latest_source: {text: '', day: l.latest_source_date, precision: l.latest_source_precision},
            source_says_repaid: l.status_at_latest_source = 'repaid',
            source_age_years: s.source_age_years,
            source_is_old: s.source_is_old,
            of_predecessor: s.of_predecessor and l.cds is distinct from s.cds,
            borrower_cds: coalesce(l.cds, ''),
            code_ended: n.ended_on
        } order by s.loan_id) as loans
    from loan_states s
    join reg_state_loans l using (loan_id)
    cross join wraparound_rule w
    left join ended n on n.cds = l.cds
    left join dated a on a.loan_id = s.loan_id and a.determination_year = s.determination_year
        and a.event = w.receipt_event
    left join dated r on r.loan_id = s.loan_id and r.determination_year = s.determination_year and r.event = 'repaid'
    left join dated y on y.loan_id = s.loan_id and y.determination_year = s.determination_year
        and y.event = 'released'
    left join dated c on c.loan_id = s.loan_id and c.determination_year = s.determination_year
        and c.event = 'referral_confirmed'
    left join dated x on x.loan_id = s.loan_id and x.determination_year = s.determination_year
        and x.event = 'referral_closed'
    where s.loan_state <> 'not_received'
    group by all
)
select
    w.cds,
    w.determination_year,
    'wraparound' as pathway,
    w.status,
    l.lea_type,
    w.as_of,
    w.as_of < p.as_of as has_ended,
    w.in_force_from as first_day,
    coalesce(o.loans, []) as loans,
    w.rejected_rows,
    {effective: r.effective, basis: r.reach_basis} as reading
from wraparound w
join leas l using (cds)
cross join wraparound_rule r
cross join run_parameters p
left join loans o using (cds, determination_year)
