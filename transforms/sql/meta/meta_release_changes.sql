-- Grain: LEA x determination year x pathway whose verdict differs from the release before.
-- Key: cds, determination_year, pathway.
-- Inputs: eligibility, open_groups, previous_eligibility, previous_release, changed_inputs, changed_sources,
--         changed_pathways, source_changes, source_coverage.
-- Oddities: empty for a first release. If only one of the two releases has a verdict, that is a change; the status on
--           the other side is 'absent'. A file affects the determinations of its own year and of later years; a verdict
--           that is new or gone may be due to a file of any year. If both the rows of an LEA and the rules or code
--           differ, the cause is data. A group that may still count is not in groups_removed.
with compared as (
    select
        coalesce(n.cds, o.cds) as cds,
        coalesce(n.lea_name, o.lea_name) as lea_name,
        coalesce(n.determination_year, o.determination_year) as determination_year,
        coalesce(n.pathway, o.pathway) as pathway,
        coalesce(o.status, 'absent') as status_before,
        coalesce(n.status, 'absent') as status_after,
        list_filter(
            coalesce(n.student_groups, []), lambda g: not list_contains(coalesce(o.student_groups, []), g)
        ) as groups_added,
        list_filter(
            coalesce(o.student_groups, []), lambda g: not list_contains(coalesce(n.student_groups, []), g)
        ) as groups_gone,
        list_filter(groups_gone, lambda g: not list_contains(coalesce(p.student_groups, []), g)) as groups_removed
    from eligibility n
    full join previous_eligibility o using (cds, determination_year, pathway)
    left join open_groups p using (cds, determination_year, pathway)
    where (select count(*) from previous_release) > 0
),
differing as (
    select *, 'absent' in (status_before, status_after) as is_absent from compared
    where status_before <> status_after or len(groups_added) > 0 or len(groups_gone) > 0
),
by_rows as (
    select s.cds, min(coalesce(c.dashboard_year, 0)) as first_year
    from source_changes s
    join changed_sources c using (source_id)
    where s.cds is not null
    group by s.cds
),
by_files as (
    select c.source_id, coalesce(c.dashboard_year, 0) as first_year, v.counties
    from changed_sources c
    left join source_coverage v using (source_id)
    where c.whole
)
select
    d.* exclude (is_absent, groups_gone),
    (select any_value(release_id) from previous_release) as previous_release_id,
    case
        when status_after = status_before then 'groups_changed'
        when status_after = 'eligible' then 'newly_eligible'
        when status_before = 'eligible' and status_after <> 'undetermined' then 'no_longer'
        else 'status_changed'
    end as change,
    case
        when i.by_default = 'data' then 'data'
        when r.first_year <= d.determination_year or (r.cds is not null and is_absent) then 'data'
        when exists (
            select 1 from by_files f
            where (f.first_year <= d.determination_year or d.is_absent)
                and (f.counties is null or list_contains(f.counties, d.cds[1:2]))
        ) then 'data'
        when d.pathway in (select pathway from changed_pathways) then 'data'
        when i.day_passed and (d.pathway <> 'continuum' or is_absent) then 'data'
        when i.rules_from <= d.determination_year or not i.code_changed then 'rules'
        else 'code'
    end as attributed_to
from differing d
cross join changed_inputs i
left join by_rows r on r.cds = d.cds
