-- class: impossible
-- table: eligible_districts
-- sentence: The list that most readers open names exactly the LEAs and pathways that are eligible.
-- reason: If the short list does not name a district, nobody looks for it in the long table.
with open_to as (
    select cds, determination_year, list_sort(list(pathway)) as pathways
    from eligibility where status = 'eligible' group by all
)
select
    coalesce(o.cds, d.cds) as cds,
    coalesce(o.determination_year, d.determination_year) as determination_year,
    o.pathways as pathways_in_eligibility,
    d.pathways as pathways_in_list
from open_to o
full join eligible_districts d on d.cds = o.cds and d.determination_year = o.determination_year
where o.pathways is distinct from list_sort(d.pathways)
order by all
