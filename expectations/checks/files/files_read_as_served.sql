-- severity: warning
-- class: unusual
-- table: meta_sources
-- sentence: Every file is read as it came.
-- reason: Repeated rows, broken lines or two encodings show that somebody changed the file on its way; CDE's own copy
--   is better.
select f.file, w.warning
from source_files f, unnest(f.warnings) as w(warning)
order by f.file, w.warning
