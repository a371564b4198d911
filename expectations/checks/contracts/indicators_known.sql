-- class: impossible
-- table: indicators
-- sentence: Every indicator code in every table is a known code.
-- reason: An unknown code has no name, unit or rule.
with used as (
    select distinct 'indicator_results' as table_name, indicator from indicator_results
    union all
    select distinct 'evidence', indicator from evidence
    union all
    select distinct 'rule_criteria', indicator from rule_criteria
    union all
    select distinct 'watch_list', unnest(indicators) from watch_list
)
select u.table_name, u.indicator from used u
anti join indicators i on i.indicator = u.indicator
order by all
