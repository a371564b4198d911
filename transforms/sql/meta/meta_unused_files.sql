-- Grain: one file that was seen and not used, and why.
-- Key: file, reason.
-- Inputs: unused_files, catalog.
-- Oddities: a file whose name means no source has no source_id. earlier_sha256 is the edition of the release before,
--           used in its place; null where none is kept: what depends on the file is then not determined.
select
    u.file,
    u.reason,
    u.what_to_do,
    nullif(u.source_id, '') as source_id,
    c.dashboard_year::smallint as dashboard_year,
    c.layout,
    c.indicator,
    u.line::integer as line,
    nullif(u."column", '') as column_name,
    nullif(u.value, '') as value,
    nullif(u.earlier_sha256, '') as earlier_sha256
from unused_files u
left join catalog c on c.source_id = u.source_id
