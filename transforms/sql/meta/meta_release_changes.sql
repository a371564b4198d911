-- Grain: LEA x determination year x pathway whose verdict differs from the release before.
-- Key: cds, determination_year, pathway.
-- Inputs: eligibility, previous_eligibility, previous_release.
-- Oddities: empty for a first release. A verdict that only one of the two releases has is a change: 'absent' on the other side.
with compared as (
    select
        coalesce(n.cds, o.cds) as cds, coalesce(n.lea_name, o.lea_name) as lea_name,
        coalesce(n.determination_year, o.determination_year) as determination_year, coalesce(n.pathway, o.pathway) as pathway,
        coalesce(o.status, 'absent') as status_before, coalesce(n.status, 'absent') as status_after,
        list_filter(coalesce(n.student_groups, []), lambda g: not list_contains(coalesce(o.student_groups, []), g)) as groups_added,
        list_filter(coalesce(o.student_groups, []), lambda g: not list_contains(coalesce(n.student_groups, []), g)) as groups_removed
    from eligibility n
    full join previous_eligibility o using (cds, determination_year, pathway)
    where (select count(*) from previous_release) > 0
)
select
    c.*, (select any_value(release_id) from previous_release) as previous_release_id,
    case
        when status_after = status_before then 'groups_changed'
        when status_after = 'eligible' then 'newly_eligible'
        when status_before = 'eligible' and status_after <> 'undetermined' then 'no_longer'
        else 'status_changed'
    end as change
from compared c
where status_before <> status_after or len(groups_added) > 0 or len(groups_removed) > 0
