-- class: fault
-- table: assistance_letters
-- sentence: A reissued workbook gives other letters to at most two percent of the student groups that had one, or have one now.
-- reason: Corrections concern single LEAs; a workbook in which many letters differ is of another year, or its columns have shifted.
with changed as (
    select n.source_id from meta_sources n join before.meta_sources b on b.source_id = n.source_id where n.present and b.sha256 is distinct from n.sha256
),
cells as (
    select coalesce(n.source_id, b.source_id) as source_id, n.letter as letter_now, b.letter as letter_before
    from (select * from assistance_letters where source_id in (from changed)) n
    full join (select * from before.assistance_letters where source_id in (from changed)) b
        on b.cds = n.cds and b.dashboard_year = n.dashboard_year and b.student_group = n.student_group
    where n.letter is not null or b.letter is not null
)
select c.source_id, any_value(f.file) as file, count(*) as letters, count(*) filter (letter_now is distinct from letter_before) as letters_that_differ
from cells c
join source_files f on f.source_id = c.source_id
group by c.source_id
having count(*) filter (letter_now is distinct from letter_before) > greatest(5, 0.02 * count(*))
order by all
