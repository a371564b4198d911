-- class: fault
-- table: meta_sources
-- sentence: Every source file that verdicts depend on has at least one row that was kept.
-- reason: A file without a usable row is worse than a missing file: it looks present.
select f.source_id, f.file, f.rows_in
from source_files f
join source_rows k using (source_id)
where k.rows_kept = 0 and f.layout not in ('low_performing', 'lcap_goals', 'directory', 'interim_certifications')
