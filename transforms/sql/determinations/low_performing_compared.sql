-- Grain: LEA x Dashboard year x student group x reason for a listing in CDE's lists of low performing LEAs, if we or
--        CDE list it.
-- Key: cds, dashboard_year, flag.
-- Inputs: low_performing, rejects, source_files, source_coverage, leas, evidence_cells,
--         student_group_history, rule_lcap_goals, rule_groups.
-- Oddities: the lists have no rows for other LEAs, so a missing row is a 'no' in the counties that a list covers. It is
--           unknown for an LEA with a rejected row, and for every LEA if the CDS code of a rejected row belongs to no
--           LEA. All students, and LEAs that are not in the release, are left out. A red is the worst level: Red, or
--           Very Low and Very High in years in which CDE used status.
with lists as (
    select f.dashboard_year, f.layout, v.statewide, v.counties
    from source_files f
    join source_coverage v using (source_id)
    where f.layout in ('low_performing', 'lcap_goals')
),
reds as (
    select
        e.cds,
        e.dashboard_year,
        e.student_group,
        'red:' || e.indicator as listed_for,
        case e.finding when 'unknown' then null when 'result' then e.level = 1 else false end as ours
    from evidence_cells e
    join leas l using (cds)
    join lists k on k.layout = 'low_performing' and k.dashboard_year = e.dashboard_year
        and (k.statewide or list_contains(k.counties, l.county_code))
),
goals as (
    select
        h.cds,
        r.determination_year as dashboard_year,
        h.student_group,
        'ec52064e5' as listed_for,
        case
            when bool_and(coalesce(h.meets_criteria, false)) and count(*) = len(any_value(r.dashboards)) then true
            when bool_or(h.meets_criteria is false) or count(*) < len(any_value(r.dashboards)) then false
        end as ours
    from rule_lcap_goals r
    join student_group_history h on list_contains(r.dashboards, h.dashboard_year)
    join leas l on l.cds = h.cds and l.lea_type <> 'charter'
    join lists k on k.layout = 'lcap_goals' and k.dashboard_year = r.determination_year
        and (k.statewide or list_contains(k.counties, l.county_code))
    group by all
),
ours as (
    select * from reds
    union all by name
    select * from goals
),
rejected as (
    select distinct f.dashboard_year, f.layout, l.cds
    from rejects r
    join source_files f using (source_id)
    left join leas l on l.cds = r.cds
    where f.layout in ('low_performing', 'lcap_goals')
),
theirs as (
    select p.* from low_performing p
    join leas l using (cds)
    join rule_groups g on g.dashboard_year = p.dashboard_year and g.student_group = p.student_group
)
select
    coalesce(o.cds, t.cds) as cds,
    coalesce(o.dashboard_year, t.dashboard_year)::smallint as dashboard_year,
    coalesce(o.listed_for, t.listed_for) || ':' || coalesce(o.student_group, t.student_group) as flag,
    if(coalesce(o.listed_for, t.listed_for) = 'ec52064e5', 'ec52064e5', 'red') as kind,
    if(o.ours, 'Y', 'N') as ours,
    if(t.cds is null, 'N', 'Y') as cde,
    o.ours is null or (t.cds is null and (x.layout is not null or u.layout is not null)) as unknown
from ours o
full join theirs t using (cds, dashboard_year, student_group, listed_for)
left join rejected x
    on x.cds = o.cds and x.dashboard_year = o.dashboard_year
        and x.layout = if(o.listed_for = 'ec52064e5', 'lcap_goals', 'low_performing')
left join rejected u
    on u.cds is null and u.dashboard_year = o.dashboard_year
        and u.layout = if(o.listed_for = 'ec52064e5', 'lcap_goals', 'low_performing')
where o.ours or t.cds is not null
