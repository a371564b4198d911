-- Grain: one source file about LEAs, with the counties that it covers.
-- Key: source_id.
-- Inputs: dashboard_entities, assistance_leas, charter_cells, local_indicators, low_performing.
-- Oddities: a file cut to some counties contains nothing about the others, so a missing row there is 'unknown', not
--           'no'. Fifty counties make a file statewide, because a county without a high school has no graduation row.
with counties as (
    select source_id, cds[1:2] as county_code from dashboard_entities group by all
    union
    select source_id, cds[1:2] from assistance_leas
    union
    select source_id, cds[1:2] from charter_cells where row_is_sound
    union
    select source_id, cds[1:2] from local_indicators
    union
    select source_id, cds[1:2] from low_performing
)
select
    source_id,
    list(county_code order by county_code) as counties,
    count(*) >= 50 as statewide
from counties
where county_code <> '00'
group by source_id
