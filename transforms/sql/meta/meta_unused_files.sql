-- Grain: one file that was found but not used, and why.
-- Key: file, reason.
-- Inputs: unused_files, catalog.
-- Oddities: a file has no source_id if its name matches no source. earlier_sha256 is the edition of the release before,
--           which is used instead. It is null if no edition was kept; whatever depends on the file is then not
--           determined.
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
