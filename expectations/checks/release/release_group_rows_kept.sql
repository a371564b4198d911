-- severity: warning
-- class: unusual
-- table: indicator_results
-- sentence: A reissued file still has a row for every student group of a district or county office that it had a row
--   for before.
-- reason: A reissue corrects rows. A group whose row disappears from a file is not determined, and one row is too few
--   to affect a count.
with changed as (
    select n.source_id
    from meta_sources n
    join before.meta_sources b on b.source_id = n.source_id
    where n.present and b.present and b.sha256 is distinct from n.sha256
)
select
    b.source_id,
    f.file,
    b.cds,
    b.district_name as lea_name,
    b.student_group,
    b.status_level as status_level_before,
    b.color as color_before
from before.indicator_results b
join source_files f using (source_id)
anti join indicator_results n on n.source_id = b.source_id and n.cds = b.cds and n.student_group = b.student_group
where b.record_type = 'D' and b.source_id in (from changed)
    and exists (
        select 1 from rule_groups g where g.dashboard_year = b.dashboard_year and g.student_group = b.student_group
    )
    -- an LEA that is gone fails another check
    and exists (select 1 from indicator_results r where r.source_id = b.source_id and r.cds = b.cds)
order by all
