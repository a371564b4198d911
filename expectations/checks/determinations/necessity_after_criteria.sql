-- severity: warning
-- class: unusual
-- table: necessity_determinations
-- sentence: Every determination of necessity is about an LEA that meets the criteria of the Continuum of Support in
--   that year.
-- reason: EC 52072 lets CCEE decide only if the criteria are met. The row may have the wrong code or year.
select n.cds, n.lea_name, n.determination_year, n.necessary, e.status
from necessity_determinations n
left join eligibility e on e.cds = n.cds and e.determination_year = n.determination_year and e.pathway = 'continuum'
where e.status is distinct from 'eligible'
order by n.cds, n.determination_year
