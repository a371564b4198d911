-- severity: critical
-- table: indicator_results
-- sentence: Every county that a source file had districts or county offices of in the release before still has some.
-- reason: A small county is too few rows to show in a count of rows.
with changed as (
    select n.source_id from meta_sources n join before.meta_sources b on b.source_id = n.source_id where n.present and b.sha256 is distinct from n.sha256
),
had as (
    select distinct source_id, cds[1:2] as county_code from before.indicator_results where record_type = 'D' and source_id in (from changed)
    union
    select distinct source_id, cds[1:2] from before.assistance_letters where source_id in (from changed)
),
have as (
    select distinct source_id, cds[1:2] as county_code from indicator_results where record_type = 'D'
    union
    select distinct source_id, cds[1:2] from assistance_letters
)
select h.source_id, h.county_code, c.county
from had h
anti join have n on n.source_id = h.source_id and n.county_code = h.county_code
left join ref_counties c on c.county_code = h.county_code
order by all
