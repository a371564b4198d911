-- Grain: county x assistance provider of its county office x term (EC 52071.5).
-- Key: county_code, provider.
-- Inputs: ref_coe_providers.
-- Oddities: another county office may assist a county office. If a county is not listed, its provider was not found.
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
