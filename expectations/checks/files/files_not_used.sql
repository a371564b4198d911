-- severity: warning
-- class: unusual
-- table: meta_unused_files
-- sentence: Every file that was found is used.
-- reason: What depends on an unused file uses its earlier edition, or is not determined.
select file, line, reason, what_to_do, earlier_sha256 is not null as earlier_edition_used
from meta_unused_files order by file, reason
