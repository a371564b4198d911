-- Grain: LEA x Dashboard year that has rules: is the LEA in any file of that year, and what are its results taken from?
-- Key: cds, dashboard_year.
-- Inputs: leas, county_years, indicator_results, assistance_leas.
with seen as (
    select cds, dashboard_year from indicator_results where record_type = 'D'
    union
    select cds, dashboard_year from assistance_leas
)
select
    l.cds, l.lea_type, l.county_code, c.dashboard_year, n.cds is not null as in_files,
    c.basis, c.letters_source_id, c.letters_cover
from leas l
join county_years c using (county_code)
left join seen n on n.cds = l.cds and n.dashboard_year = c.dashboard_year
