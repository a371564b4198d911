-- class: fault
-- table: indicator_results
-- sentence: A reissued file changes the status level or color of at most {reissue_values_differ_share%} percent of the
--   rows of districts and county offices, or {reissue_values_differ} rows if that is more.
-- reason: Corrections concern single LEAs. If many levels differ, the file is from another year, or its scale has
--   shifted. New ways to read it do not count.
with changed as (
    select n.source_id
    from meta_sources n
    join before.meta_sources b on b.source_id = n.source_id
    where n.present and b.present and b.sha256 is distinct from n.sha256
),
compared as (
    select source_id, cds from meta_source_changes group by all
),
counted as (
    select
        n.source_id,
        count(*) as rows_in_both,
        count(*) filter (
            (n.status_level is distinct from b.status_level or n.color is distinct from b.color)
            -- the bytes of the edition before may not be kept
            and (d.cds is not null or n.source_id not in (select source_id from compared))
        ) as rows_that_differ
    from indicator_results n
    join before.indicator_results b
        on b.cds = n.cds and b.dashboard_year = n.dashboard_year and b.indicator = n.indicator
            and b.student_group = n.student_group
    left join compared d on d.source_id = n.source_id and d.cds = n.cds
    where n.record_type = 'D' and n.source_id in (from changed)
    group by n.source_id
)
select c.source_id, f.file, c.rows_in_both, c.rows_that_differ
from counted c
join source_files f on f.source_id = c.source_id
where c.rows_that_differ > greatest(
    threshold(reissue_values_differ), threshold(reissue_values_differ_share) * c.rows_in_both
)
order by all
