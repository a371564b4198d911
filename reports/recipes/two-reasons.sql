-- title: Two reasons
-- question: Which LEAs are eligible by more than one pathway, such as the Continuum of Support and a state loan?
-- param: year = null -- determination year; all if not given
select determination_year, county, lea_name, cds, pathways, reasons
from eligible_districts
where len(pathways) > 1 and determination_year = coalesce($year::smallint, determination_year)
order by determination_year desc, county, lea_name, cds
