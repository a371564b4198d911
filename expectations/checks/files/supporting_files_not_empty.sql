-- class: unusual
-- table: meta_sources
-- sentence: Every source file that only serves reconciliation, early warning or names has at least one row that was
--   kept.
-- reason: A file without a usable row is worse than a missing file: it looks present.
select source_id, file, rows_in
from source_files
where rows_in = 0 and layout in ('low_performing', 'lcap_goals', 'directory', 'interim_certifications')
order by source_id
