-- class: impossible
-- table: meta_sources
-- sentence: Every data row of every source file is either kept or rejected with a reason.
-- reason: A row that disappears can take a district with it.
with aside as (
    select source_id, count(distinct line) as n from rejects group by source_id
)
select f.source_id, f.file, f.rows_in, k.rows_kept as kept, coalesce(a.n, 0) as kept_aside
from source_files f
join source_rows k using (source_id)
left join aside a using (source_id)
where f.rows_in <> k.rows_kept + coalesce(a.n, 0)
