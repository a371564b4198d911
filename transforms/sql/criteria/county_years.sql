-- Grain: county x Dashboard year that has rules, with the source of the results of its student groups.
-- Key: county_code, dashboard_year.
-- Inputs: ref_counties, rule_indicators, source_files, source_coverage, determination_years.
-- Oddities: results are computed from indicator rows if most of the indicator files that the year's rules use are
--           loaded and cover the county. Whatever depends on a missing file is then unknown, never 'no'. With fewer
--           files, CDE's letters are used if their workbook covers the county, and every row says so. Charter schools
--           have their own workbook. Years after the newest loaded file and the newest determination are left out;
--           meta_years has them.
with used as (
    select dashboard_year, indicator from rule_indicators
    where dashboard_year <= greatest(
        (select max(dashboard_year) from source_files), (select max(determination_year) from determination_years)
    )
),
covered as (
    select
        c.county_code,
        u.dashboard_year,
        count(*) as indicators,
        count(*) filter (v.statewide or list_contains(v.counties, c.county_code)) as indicators_covered
    from ref_counties c
    cross join used u
    left join source_files f on f.layout = 'dashboard' and f.dashboard_year = u.dashboard_year
        and f.indicator = u.indicator
    left join source_coverage v using (source_id)
    group by all
),
letters as (
    select f.dashboard_year, f.source_id, v.statewide, v.counties
    from source_files f
    join source_coverage v using (source_id)
    where f.layout = 'assistance'
),
charter_letters_files as (
    select f.dashboard_year, f.source_id, v.statewide, v.counties
    from source_files f
    join source_coverage v using (source_id)
    where f.layout = 'charter_assistance'
)
select
    k.county_code,
    k.dashboard_year::smallint as dashboard_year,
    l.source_id as letters_source_id,
    coalesce(l.statewide or list_contains(l.counties, k.county_code), false) as letters_cover,
    x.source_id as charter_letters_source_id,
    coalesce(x.statewide or list_contains(x.counties, k.county_code), false) as charter_letters_cover,
    case
        when k.indicators_covered * 2 > k.indicators then 'indicators'
        when letters_cover then 'cde_letters'
        when k.indicators_covered > 0 then 'indicators'
        else 'none'
    end as basis,
    case
        when k.indicators_covered * 2 > k.indicators then 'indicators'
        when charter_letters_cover then 'cde_letters'
        when k.indicators_covered > 0 then 'indicators'
        else 'none'
    end as charter_basis
from covered k
left join letters l using (dashboard_year)
left join charter_letters_files x using (dashboard_year)
