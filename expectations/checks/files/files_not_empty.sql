-- severity: critical
-- table: meta_sources
-- sentence: Every source file that is at hand has rows that could be kept.
-- reason: A file of which nothing can be used is worse than a missing one: it looks present.
select f.source_id, f.file, f.rows_in
from source_files f
where not exists (select 1 from indicator_results r where r.source_id = f.source_id)
    and not exists (select 1 from assistance_leas r where r.source_id = f.source_id)
    and not exists (select 1 from local_indicators r where r.source_id = f.source_id)
