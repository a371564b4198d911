-- class: impossible
-- table: eligibility
-- sentence: An LEA is eligible under the Continuum of Support exactly if a new count of its history finds enough
--   student groups.
-- reason: The verdict must agree with the history that is shown under it. The check leaves out the clause for fewer
--   than three groups, LEAs that are not on the Dashboard of the year, and verdicts that are CDE's own.
with counted as (
    select h.cds, w.determination_year, h.student_group
    from rule_windows w
    join rule_sets s on s.dashboard_year = w.determination_year and s.not_confirmed is null
    join student_group_history h on list_contains(w.counted_dashboards, h.dashboard_year) and h.meets_criteria
    group by h.cds, w.determination_year, h.student_group, w.years_required
    having count(*) >= w.years_required
),
enough as (
    select
        cds,
        determination_year,
        count(*) as groups_counting,
        list(student_group order by student_group) as student_groups
    from counted group by all
)
select
    e.cds,
    e.lea_name,
    e.determination_year,
    e.status,
    e.student_groups,
    coalesce(n.groups_counting, 0) as groups_in_history,
    n.student_groups as of_history
from eligibility e
join rule_windows w using (determination_year)
join rule_sets s on s.dashboard_year = w.determination_year and s.not_confirmed is null
left join continuum c on c.cds = e.cds and c.determination_year = e.determination_year
left join enough n on n.cds = e.cds and n.determination_year = e.determination_year
where e.pathway = 'continuum' and e.lea_type <> 'charter'
    and (
        (coalesce(n.groups_counting, 0) >= w.groups_required and e.status <> 'eligible' and coalesce(c.in_files, false))
        or (
            coalesce(n.groups_counting, 0) < w.groups_required and e.status = 'eligible'
                and not coalesce(c.by_small_clause, false) and e.decided_by is distinct from 'cde'
        )
        or (e.status = 'eligible' and list_sort(e.student_groups) is distinct from coalesce(n.student_groups, []))
    )
order by e.cds, e.determination_year
