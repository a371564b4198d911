-- Grain: LEA x determination year, with the facts for the reason of its verdict on EC 52071(f)
--        (transforms.wording.sentences.assistance).
-- Key: cds, determination_year.
-- Inputs: consecutive, leas, predecessor_years, unlisted_years.
-- Oddities: if a rejected record of a succession leaves a "no" open, no predecessor is named.
with predecessors as (
    select
        c.cds,
        c.determination_year,
        list(
            distinct p.predecessor_name || ' (' || p.predecessor_cds || ')' order by p.predecessor_name || ' ('
                || p.predecessor_cds || ')'
        ) as predecessors
    from consecutive c
    join predecessor_years p on p.cds = c.cds and list_contains(c.dashboards, p.dashboard_year)
    group by all
),
not_listed as (
    select y.cds, c.determination_year, list(y.dashboard_year order by y.dashboard_year) as not_listed
    from consecutive c
    join unlisted_years y on y.cds = c.cds and list_contains(c.dashboards, y.dashboard_year)
    where y.dashboard_year <> c.determination_year
    group by y.cds, c.determination_year
)
select
    c.cds,
    c.determination_year,
    'consecutive' as determination,
    c.status,
    l.lea_type,
    c.dashboards,
    list_transform(c.student_groups, lambda g: group_in_text(g)) as groups,
    list_transform(c.student_groups_unknown, lambda g: group_in_text(g)) as groups_unknown,
    c.open_question,
    c.no_file,
    if(c.decided_by = 'cde', c.cde_flag, null) as cde_value,
    if(c.by_succession, coalesce(p.predecessors, ['a record that was rejected']), []) as predecessors,
    coalesce(c.not_confirmed, '') as not_confirmed,
    coalesce(n.not_listed, []) as not_listed
from consecutive c
join leas l using (cds)
left join predecessors p using (cds, determination_year)
left join not_listed n using (cds, determination_year)
