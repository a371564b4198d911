-- Grain: LEA x Dashboard year that has rules: is the LEA in any file of that year, and what are its results taken from?
-- Key: cds, dashboard_year.
-- Inputs: leas, county_years, dashboard_entities, assistance_leas, charter_letters, rejects, source_files.
-- Oddities: an LEA whose rows were kept aside is in the file all the same; local indicators alone do not put an LEA on the Dashboard.
--           Charter schools are school rows of the indicator files, and have an assistance workbook of their own. That workbook has a blank cell
--           for the Dashboard before also where the school did not exist yet: a blank there does not put the school on that Dashboard.
with seen as (
    select cds, dashboard_year from dashboard_entities
    union
    select cds, dashboard_year from assistance_leas
    union
    select c.cds, c.dashboard_year
    from charter_letters c join source_files f using (source_id)
    where c.letter is not null or f.dashboard_year = c.dashboard_year
    union
    select r.cds, r.dashboard_year
    from rejects r join source_files f using (source_id)
    where r.cds is not null and f.layout in ('dashboard', 'assistance', 'charter_assistance')
)
select
    l.cds, l.lea_type, l.county_code, c.dashboard_year, n.cds is not null as in_files,
    if(l.lea_type = 'charter', c.charter_basis, c.basis) as basis,
    if(l.lea_type = 'charter', c.charter_letters_source_id, c.letters_source_id) as letters_source_id,
    if(l.lea_type = 'charter', c.charter_letters_cover, c.letters_cover) as letters_cover
from leas l
join county_years c using (county_code)
left join seen n on n.cds = l.cds and n.dashboard_year = c.dashboard_year
