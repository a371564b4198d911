-- class: unusual
-- table: meta_sources
-- sentence: Every source file that only serves reconciliation, early warning or names has rows.
-- reason: A file of which nothing can be used is worse than a missing one: it looks present.
select source_id, file, rows_in
from source_files
where rows_in = 0 and layout in ('low_performing', 'lcap_goals', 'directory', 'interim_certifications')
order by source_id
