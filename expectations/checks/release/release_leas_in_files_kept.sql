-- class: fault
-- table: indicator_results
-- sentence: A reissued file still has rows for every district and county office that it had rows for in the release
--   before.
-- reason: A reissue corrects rows. An LEA that disappears from a file becomes undetermined, and a small county has too
--   few rows to affect a count.
with changed as (
    select n.source_id
    from meta_sources n
    join before.meta_sources b on b.source_id = n.source_id
    where n.present and b.present and b.sha256 is distinct from n.sha256
),
had as (
    select distinct source_id, cds, district_name
    from before.indicator_results where record_type = 'D' and source_id in (from changed)
    union
    select distinct a.source_id, a.cds, l.lea_name
    from before.assistance_letters a left join before.leas l using (cds) where a.source_id in (from changed)
    union
    select distinct source_id, cds, lea_name from before.local_indicators where source_id in (from changed)
),
have as (
    select distinct source_id, cds from indicator_results where record_type = 'D'
    union
    select distinct source_id, cds from assistance_letters
    union
    select distinct source_id, cds from local_indicators
)
select h.source_id, f.file, h.cds, h.district_name as lea_name
from had h
left join source_files f using (source_id)
anti join have n on n.source_id = h.source_id and n.cds = h.cds
order by h.source_id, h.cds
