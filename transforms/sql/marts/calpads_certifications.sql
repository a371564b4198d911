-- Grain: LEA x school year whose CALPADS certification is on record.
-- Key: cds, school_year.
-- Inputs: reg_calpads, ref_counties.
-- Oddities: maintained by hand. If an LEA is not listed, it is not known whether it certified on time. Only Method 4 of
--           Differentiated Assistance uses this table; no pathway does.
select
    r.cds,
    r.lea_name,
    k.county_code,
    k.county,
    r.school_year,
    r.certified_on_time = 'Y' as certified_on_time,
    r.certified_on,
    r.source_url,
    r.note
from reg_calpads r
left join ref_counties k on k.county_code = r.cds[1:2]
