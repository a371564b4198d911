-- severity: critical
-- table: lea_index
-- sentence: Every district and county office of every source file, and every borrower on the loan register, is in the index.
-- reason: An LEA that is read and not judged has vanished.
with named as (
    select cds from indicator_results where record_type = 'D'
    union
    select cds from assistance_leas
    union
    select coalesce(cds, successor_cds) from reg_state_loans
)
select n.cds from named n
where not exists (select 1 from lea_index i where i.cds = n.cds)
