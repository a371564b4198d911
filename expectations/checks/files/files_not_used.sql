-- severity: warning
-- class: unusual
-- table: meta_unused_files
-- sentence: Every file that was seen is used.
-- reason: What depends on a file that is not used rests on its earlier edition, or is not determined.
select file, line, reason, what_to_do, earlier_sha256 is not null as earlier_edition_used
from meta_unused_files order by file, reason
