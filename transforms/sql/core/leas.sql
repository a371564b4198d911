-- Grain: one local educational agency in this release: a district, county office of education or charter school.
-- Key: cds.
-- Inputs: dashboard_entities, assistance_leas, charter_cells, local_indicators, reg_state_loans, register_doubts,
--         ref_counties, directory.
-- Oddities: names change; the latest one is shown, with the years in which the LEA was seen. If a year has two names,
--           the longer one is shown, because some files cut names at 50 letters. A county office has '10' in positions
--           3 and 4 of its CDS code; the county-office flag is not used, because it is blank on many rows. LEAs that
--           only the loan register names have no Dashboard years. Charter schools are school rows with the charter
--           flag; they have their own tests. The local indicators of priorities 9 and 10 cover only county offices.
--           They are statewide even if all other files are cut to one county, so they add no LEA. directory_status is
--           null if no directory is loaded.
with seen as (
    select cds, dashboard_year, district_name as lea_name, 2 as rank
    from dashboard_entities where record_type = 'D' and cds like '%0000000'
    union all
    select cds, dashboard_year, school_name, 2 from dashboard_entities where record_type = 'S' and charter_flag = 'Y'
    union all
    select cds, dashboard_year, max(value) filter (family = 'name'), 3
    from charter_cells where row_is_sound group by all
    union all
    select cds, dashboard_year, lea_name, 3 from assistance_leas
    union all
    select cds, dashboard_year, lea_name, 1 from local_indicators where priority not in (9, 10)
    union all
    select cds, null, district, 1 from reg_state_loans where cds is not null
    union all
    select successor_cds, null, successor_name, 0 from reg_state_loans where successor_cds is not null
    union all
    select cds, null, lea_name, 0
    from register_doubts semi join ref_counties on county_code = cds[1:2] where brings_lea and cds like '%0000000'
),
named as (
    select
        cds,
        arg_max(
            lea_name, (coalesce(dashboard_year, 0), rank, len(lea_name), lea_name)
        ) filter (lea_name is not null) as lea_name,
        min(dashboard_year) as first_dashboard_year,
        max(dashboard_year) as last_dashboard_year
    from seen
    group by cds
)
select
    n.cds,
    n.lea_name,
    case
        when n.cds not like '%0000000' then 'charter'
        when n.cds[3:4] = '10' then 'county_office'
        else 'district'
    end as lea_type,
    c.county_code,
    c.county,
    n.first_dashboard_year::smallint as first_dashboard_year,
    n.last_dashboard_year::smallint as last_dashboard_year,
    d.directory_status
from named n
left join ref_counties c on c.county_code = n.cds[1:2]
left join directory d on d.cds = n.cds
