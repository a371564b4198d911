-- Grain: LEA x determination year, with the facts for the reason of its verdict on the Continuum of Support
--        (transforms.wording.sentences.continuum).
-- Key: cds, determination_year.
-- Inputs: continuum, leas, determination_years, continuum_groups, student_group_history, lea_years, rule_assistance,
--         predecessor_years.
-- Oddities: a note means missing data only if it leaves open whether a group met the criteria, or whether it had a
--           result in the determination year.
with groups as (
    select
        cds,
        determination_year,
        list({
            name: group_in_text(student_group),
            years_met: years_met,
            counts: counts,
            may_count: may_count,
            may_have_result: may_have_result,
            years_unknown: years_unknown
        } order by student_group) as groups,
        coalesce(
            list(group_in_text(student_group) order by student_group) filter (may_count_joined and not may_count), []
        ) as groups_joined
    from continuum_groups
    group by all
),
missing as (
    select h.cds, d.determination_year, list(distinct h.note order by h.note) as unknown_because
    from determination_years d
    join student_group_history h on list_contains(d.counted_dashboards, h.dashboard_year)
    where h.note is not null
        and (h.meets_criteria is null or (h.has_result is null and h.dashboard_year = d.determination_year))
    group by all
),
not_listed as (
    select y.cds, d.determination_year, list(y.dashboard_year order by y.dashboard_year) as not_listed
    from determination_years d
    join lea_years y on list_contains(d.counted_dashboards, y.dashboard_year)
    join rule_assistance a on a.determination_year = y.dashboard_year and list_contains(a.serves, y.lea_type)
    where y.basis <> 'none' and y.in_files is false and y.dashboard_year <> d.determination_year
    group by all
),
predecessors as (
    select
        p.cds,
        d.determination_year,
        list(
            distinct p.predecessor_name || ' (' || p.predecessor_cds || ')'
            order by p.predecessor_name || ' (' || p.predecessor_cds || ')'
        ) as predecessors
    from predecessor_years p
    join determination_years d on list_contains(d.counted_dashboards, p.dashboard_year)
    group by all
)
select
    c.cds,
    c.determination_year,
    'continuum' as pathway,
    c.status,
    l.lea_type,
    c.counted_dashboards,
    d.years_required,
    d.groups_required,
    coalesce(g.groups, []) as groups,
    c.by_small_clause,
    c.small_clause_open,
    coalesce(c.groups_that_may_have_result, 0) as groups_that_may_have_result,
    c.in_files,
    coalesce(m.unknown_because, []) as unknown_because,
    c.decided_by,
    c.cde_flag,
    c.cde_column,
    coalesce(n.not_listed, []) as not_listed,
    coalesce(p.predecessors, []) as predecessors,
    c.by_succession,
    coalesce(g.groups_joined, []) as groups_joined,
    coalesce(d.not_confirmed, '') as not_confirmed
from continuum c
join leas l using (cds)
join determination_years d using (determination_year)
left join groups g using (cds, determination_year)
left join missing m using (cds, determination_year)
left join not_listed n using (cds, determination_year)
left join predecessors p using (cds, determination_year)
