-- Grain: one county.
-- Key: county_code.
-- Inputs: ref_counties.
select county_code, county from ref_counties
