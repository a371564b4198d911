-- Grain: county x term of its Geographic Lead (EC 52073).
-- Key: county_code, term.
-- Inputs: ref_geo_leads.
-- Oddities: leads are chosen for terms. If no source names the lead of a term, geo_lead is 'not found'.
select
    county_code,
    row_number() over (partition by county_code order by valid_from nulls first, geo_lead)::smallint as term,
    county,
    geo_area,
    geo_lead,
    valid_from::date as valid_from,
    valid_to::date as valid_to,
    date_basis,
    lead_is_own_county = 'Y' as lead_is_own_county,
    basis,
    confidence,
    confidence_note,
    source
from ref_geo_leads
