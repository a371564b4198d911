-- severity: critical
-- class: fault
-- table: indicator_results
-- sentence: In a reissued file, no level or color of a district or county office changes if everything that it follows
--   from stays the same.
-- reason: A corrected level comes with a corrected number. A level that changes alone was changed by hand, and one such
--   level is enough for a wrong verdict.
-- A level changes alone if the row's two statuses, its change and its numbers of students stay the same.
with changed as (
    select n.source_id
    from meta_sources n
    join before.meta_sources b on b.source_id = n.source_id
    where n.present and b.present and b.sha256 is distinct from n.sha256
)
select
    n.source_id,
    f.file,
    n.source_line as line,
    n.cds,
    n.district_name as lea_name,
    n.student_group,
    b.status_level as status_level_before,
    n.status_level,
    b.color as color_before,
    n.color
from indicator_results n
join before.indicator_results b on b.source_id = n.source_id and b.cds = n.cds and b.student_group = n.student_group
join source_files f on f.source_id = n.source_id
where n.record_type = 'D' and n.source_id in (from changed)
    and (n.status_level is distinct from b.status_level or n.color is distinct from b.color)
    and n.current_status is not distinct from b.current_status and n.prior_status is not distinct from b.prior_status
    and n.change is not distinct from b.change
    and n.current_denominator is not distinct from b.current_denominator
    and n.prior_denominator is not distinct from b.prior_denominator
order by all
