-- Grain: county x assistance provider of its county office x term (EC 52071.5).
-- Key: county_code, provider.
-- Inputs: ref_coe_providers.
-- Oddities: a county office may be assisted by another county office. A county that is not listed is one whose provider
--           was not found.
select
    county_code,
    county,
    provider,
    valid_from::date as valid_from,
    valid_to::date as valid_to,
    date_basis,
    basis,
    confidence,
    source
from ref_coe_providers
