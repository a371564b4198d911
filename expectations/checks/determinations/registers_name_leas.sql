-- class: unusual
-- table: leas
-- sentence: Every LEA of the state loan and CALPADS registers is known; a borrower that no longer exists has a successor that is.
-- reason: A record under a mistyped code decides nothing, and nobody notices.
with named as (
    select 'state_loans' as register, loan_id as record, coalesce(cds, successor_cds) as cds, district as lea_name from reg_state_loans
    union all
    select 'calpads', cds || ' ' || school_year, cds, lea_name from reg_calpads
)
select n.* from named n
anti join leas l on l.cds = n.cds
order by all
