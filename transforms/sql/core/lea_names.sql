-- Grain: LEA x name that a loaded file gives it.
-- Key: cds, lea_name.
-- Inputs: dashboard_entities, assistance_leas, charter_cells, local_indicators, directory.
-- Oddities: names change, and files write them in different ways. All are kept, so that a former name finds its LEA.
--           CDE's directory has no year. The registers are not read here, because their names are compared with these.
with named as (
    select cds, district_name as lea_name, dashboard_year
    from dashboard_entities where record_type = 'D' and cds like '%0000000'
    union all
    select cds, school_name, dashboard_year from dashboard_entities where record_type = 'S' and charter_flag = 'Y'
    union all
    select cds, lea_name, dashboard_year from assistance_leas
    union all
    select cds, value, dashboard_year from charter_cells where row_is_sound and family = 'name'
    union all
    select cds, lea_name, dashboard_year from local_indicators
    union all
    select cds, if(cds like '%0000000', district_name, school_name), null
    from directory where cds like '%0000000' or is_charter
)
select
    cds,
    trim(lea_name) as lea_name,
    min(dashboard_year)::smallint as first_dashboard_year,
    max(dashboard_year)::smallint as last_dashboard_year
from named
where nullif(trim(lea_name), '') is not null and cds is not null
group by cds, trim(lea_name)
