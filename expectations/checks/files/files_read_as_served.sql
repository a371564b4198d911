-- severity: warning
-- class: unusual
-- table: meta_sources
-- sentence: Every file can be read without repairs.
-- reason: Repeated rows, broken lines or two encodings show that someone changed the file after CDE published it. CDE's
--   own copy is better.
select f.file, w.warning
from source_files f, unnest(f.warnings) as w(warning)
order by f.file, w.warning
