-- class: impossible
-- table: pathways
-- sentence: Every pathway in every table is defined in rules/pathways.toml, and every case has a status.
-- reason: A case of an unknown pathway, or a case whose acts no code reads, would disappear or be judged by the rules
--   of another pathway.
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
