-- class: fault
-- table: pathway_register
-- sentence: Every state loan, event, case, succession, CALPADS record and determination of necessity of the release
--   before is still on record.
-- reason: Registers only grow: a case that ends is closed, and a case that was entered by mistake is superseded.
-- A record whose row is rejected is still on record, and registers_rejected shows it.
with rejected as (
    select record from register_rejects
),
lost as (
    select 'state_loans' as register, loan_id as record, district as lea_name
    from before.state_loans anti join state_loans using (loan_id)
    union all
    select 'state_loan_events', event_id, district
    from before.state_loan_events e anti join state_loan_events using (event_id)
    where e.loan_id not in (select record from rejected)
    union all
    select 'pathway_register', case_id, lea_name from before.pathway_register anti join pathway_register using (case_id)
    union all
    select 'calpads_certifications', cds || ' ' || school_year, lea_name
    from before.calpads_certifications anti join calpads_certifications using (cds, school_year)
    union all
    select 'successions', predecessor_cds || ' ' || successor_cds, predecessor_name
    from before.successions anti join successions using (predecessor_cds, successor_cds)
    union all
    select 'necessity_determinations', cds || ' ' || determination_year, lea_name
    from before.necessity_determinations anti join reg_necessity_determinations using (cds, determination_year)
)
select register, record, lea_name from lost where record not in (select record from rejected) order by all
