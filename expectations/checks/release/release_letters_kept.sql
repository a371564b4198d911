-- class: fault
-- table: assistance_letters
-- sentence: A reissued workbook changes at most {reissue_values_differ_share%} percent of its letters for student
--   groups, or {reissue_values_differ} if that is more.
-- reason: Corrections concern single LEAs. If many letters differ, the workbook is from another year, or its columns
--   have shifted. New ways to read it do not count.
with changed as (
    select n.source_id
    from meta_sources n
    join before.meta_sources b on b.source_id = n.source_id
    where n.present and b.present and b.sha256 is distinct from n.sha256
),
compared as (
    select source_id, cds from meta_source_changes group by all
),
cells as (
    select
        coalesce(n.source_id, b.source_id) as source_id,
        coalesce(n.cds, b.cds) as cds,
        n.letter as letter_now,
        b.letter as letter_before
    from (select * from assistance_letters where source_id in (from changed)) n
    full join (select * from before.assistance_letters where source_id in (from changed)) b
        on b.cds = n.cds and b.dashboard_year = n.dashboard_year and b.student_group = n.student_group
    where n.letter is not null or b.letter is not null
),
counted as (
    select
        c.source_id,
        count(*) as letters,
        count(*) filter (
            letter_now is distinct from letter_before
            -- the bytes of the edition before may not be kept
            and (d.cds is not null or c.source_id not in (select source_id from compared))
        ) as letters_that_differ
    from cells c
    left join compared d on d.source_id = c.source_id and d.cds = c.cds
    group by c.source_id
)
select c.source_id, f.file, c.letters, c.letters_that_differ
from counted c
join source_files f on f.source_id = c.source_id
where c.letters_that_differ > greatest(
    threshold(reissue_values_differ), threshold(reissue_values_differ_share) * c.letters
)
order by all
