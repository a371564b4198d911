-- class: fault
-- table: assistance_letters
-- sentence: At most {letters_differ_share%} percent of the letters of a workbook differ from those computed from the
--   indicator files of its year.
-- reason: Single differences are corrections. If most letters differ, they are in the wrong columns or from another
--   year, and other years depend on them.
with compared as (
    select
        h.cde_source_id as source_id,
        h.dashboard_year,
        coalesce(h.letter, '-') as ours,
        coalesce(h.cde_letter, '-') as cde
    from student_group_history h
    where h.basis = 'indicators' and h.cde_source_id is not null and h.meets_criteria is not null
        and len(h.priorities_unknown) = 0
        and (h.letter is not null or h.cde_letter is not null)
),
indicator_files as (
    select dashboard_year, list(source_id order by source_id) as other_source_ids
    from source_files where layout = 'dashboard' group by dashboard_year
),
counted as (
    select
        source_id,
        dashboard_year,
        count(*) as letters,
        count(*) filter (ours <> cde) as that_differ
    from compared group by all
)
select c.source_id, f.file, c.letters, c.that_differ, i.other_source_ids
from counted c
join source_files f using (source_id)
left join indicator_files i on i.dashboard_year = c.dashboard_year
where c.letters >= threshold(letters_to_compare) and c.that_differ > threshold(letters_differ_share) * c.letters
order by all
