-- Grain: LEA x Dashboard year that has rules: whether any file of that year has the LEA, and the source of its results.
-- Key: cds, dashboard_year.
-- Inputs: leas, county_years, dashboard_entities, assistance_leas, charter_letters, rejects, source_files,
--         source_coverage, ref_indicators, ref_counties, workbook_listings, codes_elsewhere.
-- Oddities: in_files is null if that is not known: a workbook lacks the row, or fewer than two of the files in which
--           every LEA has a row are loaded. An LEA is still in the files if its row was rejected, or if its row is
--           missing but a later workbook proves that there was one. Local indicators alone do not put an LEA on the
--           Dashboard. Charter schools are school rows of the indicator files with the charter flag. A school that is
--           no longer, or not yet, a charter school is on that Dashboard, but not as one. If no school has the flag in
--           a year, the files of the year do not show which schools are charter schools. Charter schools have their own
--           assistance workbook. It has a blank cell for the Dashboard before even if the school did not exist yet;
--           that does not put the school on that Dashboard. If no file of a year covers the county, the directory and
--           the register of successions still show which codes were no LEA then.
with years_with_charter_flag as (
    select distinct dashboard_year from dashboard_entities where charter_flag = 'Y'
),
seen as (
    select cds, dashboard_year
    from dashboard_entities
    where cds like '%0000000' or charter_flag = 'Y'
        or dashboard_year not in (select dashboard_year from years_with_charter_flag)
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
    union
    select cds, dashboard_year from workbook_listings where listing = 'row_missing'
),
for_all as (
    select f.dashboard_year, c.county_code
    from source_files f
    join source_coverage v using (source_id)
    join ref_indicators i using (indicator)
    join ref_counties c on v.statewide or list_contains(v.counties, c.county_code)
    where f.layout = 'dashboard' and i.reported_for = 'all'
    group by all
    having count(*) >= 2
),
based as (
    select
        l.cds,
        l.lea_type,
        l.county_code,
        c.dashboard_year,
        if(l.lea_type = 'charter', c.charter_basis, c.basis) as basis,
        if(l.lea_type = 'charter', c.charter_letters_source_id, c.letters_source_id) as letters_source_id,
        if(l.lea_type = 'charter', c.charter_letters_cover, c.letters_cover) as letters_cover
    from leas l
    join county_years c using (county_code)
)
select
    b.cds,
    b.lea_type,
    b.county_code,
    b.dashboard_year,
    case
        when b.basis = 'cde_letters' and k.listing = 'not_listed' then false
        when n.cds is not null then true
        when b.basis = 'indicators' and a.county_code is not null then false
        when k.listing = 'not_listed' then false
        when b.basis = 'none' and e.cds is not null then false
    end as in_files,
    b.basis,
    b.letters_source_id,
    b.letters_cover,
    k.listing,
    k.reported_by
from based b
left join seen n on n.cds = b.cds and n.dashboard_year = b.dashboard_year
left join for_all a on a.dashboard_year = b.dashboard_year and a.county_code = b.county_code
left join codes_elsewhere e on e.cds = b.cds and e.dashboard_year = b.dashboard_year
left join workbook_listings k on k.cds = b.cds and k.source_id = b.letters_source_id
