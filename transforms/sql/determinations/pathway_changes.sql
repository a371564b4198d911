-- Grain: LEA x pathway x pair of consecutive determination years, if something changed or continues.
-- Key: cds, pathway, to_year.
-- Inputs: verdicts, determination_years, open_groups.
-- Oddities: if the criteria of a year are not confirmed and CDE has not answered, no change is known. An LEA that stays
--           'not eligible', 'not assessed' and so on has no row. 'undetermined' before or after is a separate kind of
--           change. If it is not known whether a group still counts, the group is in groups_open, not in
--           groups_removed.
with ordered as (
    select
        determination_year as to_year,
        not_confirmed,
        lag(determination_year) over (order by determination_year) as from_year
    from determination_years
)
select
    b.cds,
    b.pathway,
    o.from_year::smallint as from_year,
    o.to_year::smallint as to_year,
    a.status as status_before,
    b.status as status_after,
    case
        when b.status = 'eligible' and a.status = 'eligible' then 'continuing'
        when b.status = 'eligible' then 'newly_eligible'
        when a.status = 'eligible' and b.status <> 'undetermined' then 'no_longer'
        else 'status_changed'
    end as change,
    list_filter(b.student_groups, lambda g: not list_contains(a.student_groups, g)) as groups_added,
    list_filter(a.student_groups, lambda g: not list_contains(b.student_groups, g)) as groups_gone,
    if(
        b.status = 'not_assessed', [],
        list_filter(groups_gone, lambda g: list_contains(coalesce(p.student_groups, []), g))
    ) as groups_open,
    list_filter(groups_gone, lambda g: not list_contains(groups_open, g)) as groups_removed
from ordered o
join verdicts b on b.determination_year = o.to_year
join verdicts a on a.cds = b.cds and a.pathway = b.pathway and a.determination_year = o.from_year
left join open_groups p on p.cds = b.cds and p.determination_year = b.determination_year and p.pathway = b.pathway
where o.from_year is not null and (a.status <> b.status or b.status = 'eligible')
    and not (o.not_confirmed is not null and b.status = 'undetermined' and b.pathway = 'continuum')
