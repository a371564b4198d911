-- Grain: charter school x determination year, with the facts for the reason of its verdict on EC 47607.3
--        (transforms.wording.sentences.assistance).
-- Key: cds, determination_year.
-- Inputs: charter_test, charter_groups, predecessor_years, unlisted_years.
with years as (
    select cds, determination_year, list(distinct year_met order by year_met) as years_met
    from (select cds, determination_year, unnest(years_met) as year_met from charter_groups)
    group by all
),
unknown as (
    select cds, determination_year, list(distinct year_unknown order by year_unknown) as years_unknown
    from (select cds, determination_year, unnest(years_unknown) as year_unknown from charter_groups)
    group by all
),
predecessors as (
    select
        c.cds,
        c.determination_year,
        list(distinct p.predecessor_name || ' (' || p.predecessor_cds || ')') as predecessors
    from charter_test c
    join predecessor_years p on p.cds = c.cds and list_contains(c.dashboards, p.dashboard_year)
    group by all
),
not_listed as (
    select y.cds, c.determination_year, list(y.dashboard_year order by y.dashboard_year) as not_listed
    from charter_test c
    join unlisted_years y on y.cds = c.cds and list_contains(c.dashboards, y.dashboard_year)
    where y.dashboard_year <> c.determination_year
    group by y.cds, c.determination_year
)
select
    c.cds,
    c.determination_year,
    'charter' as determination,
    c.status,
    'charter' as lea_type,
    c.dashboards,
    list_transform(c.student_groups, lambda g: group_in_text(g)) as groups,
    list_transform(c.student_groups_unknown, lambda g: group_in_text(g)) as groups_unknown,
    c.open_question,
    c.different_groups,
    c.no_file,
    if(c.decided_by = 'cde', c.cde_value, null) as cde_value,
    coalesce(y.years_met, []) as years_met,
    coalesce(u.years_unknown, []) as years_unknown,
    if(c.by_succession, coalesce(list_sort(p.predecessors), ['a record that was rejected']), []) as predecessors,
    coalesce(c.not_confirmed, '') as not_confirmed,
    coalesce(n.not_listed, []) as not_listed
from charter_test c
left join years y using (cds, determination_year)
left join unknown u using (cds, determination_year)
left join predecessors p using (cds, determination_year)
left join not_listed n using (cds, determination_year)
