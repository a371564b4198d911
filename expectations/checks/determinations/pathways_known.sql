-- class: impossible
-- table: pathways
-- sentence: Every pathway of every table is one of rules/pathways.toml, and every case has a status.
-- reason: A case of a pathway that is not known, or whose acts nothing reads, would vanish or be judged by another
--   pathway's rules.
with used as (
    select distinct 'eligibility' as table_name, pathway, null as case_id from eligibility
    union all
    select distinct 'changes', pathway, null from changes
    union all
    select 'pathway_register', pathway, case_id from pathway_register
    union all
    select 'case_states without a status', pathway, case_id from case_states where status is null
)
select u.table_name, u.pathway, u.case_id from used u
left join pathways p on p.pathway = u.pathway
where p.pathway is null or u.table_name = 'case_states without a status'
order by all
