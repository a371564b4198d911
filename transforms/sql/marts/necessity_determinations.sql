-- Grain: LEA x determination year for which CCEE's decision is on record (EC 52072, 52072.5).
-- Key: cds, determination_year.
-- Inputs: reg_necessity_determinations, leas, ref_counties, run_parameters.
-- Oddities: maintained by hand. A decision dated after the day of the run is left out.
select
    n.cds,
    coalesce(l.lea_name, n.lea_name) as lea_name,
    k.county_code,
    k.county,
    n.determination_year::smallint as determination_year,
    n.consultations,
    n.necessary,
    n.determination_date,
    n.reason,
    n.evidence,
    n.entered_by,
    n.entered_on,
    n.note
from reg_necessity_determinations n
cross join run_parameters p
left join leas l using (cds)
left join ref_counties k on k.county_code = n.cds[1:2]
where n.determination_date <= p.as_of
