-- severity: critical
-- table: meta_sources
-- sentence: Every data row of every source file is either kept or kept aside with a reason.
-- reason: A row that disappears can take a district with it.
with kept as (
    select source_id, count(*) as n from indicator_results group by source_id
    union all
    select source_id, count(*) from (select distinct source_id, cds from assistance_leas) group by source_id
    union all
    select source_id, count(*) from local_indicators group by source_id
),
aside as (
    select source_id, count(distinct line) as n from rejects group by source_id
)
select f.source_id, f.file, f.rows_in, coalesce(k.n, 0) as kept, coalesce(a.n, 0) as kept_aside
from source_files f
left join kept k using (source_id)
left join aside a using (source_id)
where f.rows_in <> coalesce(k.n, 0) + coalesce(a.n, 0)
