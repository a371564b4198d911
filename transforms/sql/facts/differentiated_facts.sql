-- Grain: LEA x assistance year, with the facts for the reason of its verdict on Differentiated Assistance
--        (transforms.wording.sentences.assistance).
-- Key: cds, determination_year.
-- Inputs: differentiated_assistance, leas, student_group_history, assistance_methods, assistance_flags,
--         assistance_statuses_compared, unlisted_years.
with groups as (
    select
        cds,
        dashboard_year as determination_year,
        list(group_in_text(student_group) order by student_group) as groups
    from student_group_history
    where meets_criteria
    group by all
),
methods as (
    select
        cds,
        determination_year,
        max(local_priorities_failed) as local_failed,
        list(method order by method) filter (basis = 'cde_flag') as from_cde
    from assistance_methods
    group by all
),
contradicted as (
    select
        cds,
        dashboard_year as determination_year,
        note_lea_row_contradicted(dashboard_year, min(reported_in)) as contradicted
    from assistance_statuses_compared
    where contradicts
    group by cds, dashboard_year
),
not_listed as (
    select d.cds, d.determination_year, [y.dashboard_year] as not_listed
    from differentiated_assistance d
    join unlisted_years y on y.cds = d.cds and y.dashboard_year = d.second_year_after
)
select
    d.cds,
    d.determination_year,
    'differentiated_assistance' as determination,
    d.status,
    l.lea_type,
    d.assistance_year,
    d.second_year_after,
    d.methods_met,
    d.methods_unknown,
    coalesce(g.groups, []) as groups,
    coalesce(m.local_failed, []) as local_failed,
    coalesce(m.from_cde, []) as from_cde,
    coalesce(d.no_file, false) as no_file,
    coalesce(d.none_met, false) as none_met,
    if(d.by_cde_status, f.value, null) as cde_status,
    coalesce(d.not_confirmed, '') as not_confirmed,
    coalesce(x.contradicted, '') as contradicted,
    d.predecessors,
    coalesce(n.not_listed, []) as not_listed
from differentiated_assistance d
join leas l using (cds)
left join groups g using (cds, determination_year)
left join methods m using (cds, determination_year)
left join contradicted x using (cds, determination_year)
left join not_listed n using (cds, determination_year)
left join assistance_flags f
    on f.cds = d.cds and f.dashboard_year = d.determination_year
        and f.flag = 'assistance_status_' || d.determination_year
