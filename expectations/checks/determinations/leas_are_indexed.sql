-- class: impossible
-- table: lea_index
-- sentence: Every district, county office and charter school in any source file, and every borrower in the register of
--   state loans, is in the index.
-- reason: An LEA that is read but not judged has disappeared.
with named as (
    select cds from indicator_results where record_type = 'D'
    union
    select cds from assistance_leas
    union
    select cds from indicator_results where record_type = 'S' and charter_flag = 'Y'
    union
    select cds from charter_cells where row_is_sound
    union
    select cds from local_indicators where priority not in (9, 10)
    union
    select coalesce(cds, successor_cds) from reg_state_loans
)
select n.cds from named n
where not exists (select 1 from lea_index i where i.cds = n.cds)
