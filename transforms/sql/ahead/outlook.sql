-- Grain: LEA x test (continuum, consecutive, method_1, charter): certain, possible or ruled out for the Dashboard that
--        is not out.
-- Key: cds, test.
-- Inputs: leas, outlook_groups, small_lea_clause, determination_years, consecutive_groups, rule_consecutive,
--         student_group_history, ahead_year, charter_test, rule_assistance, history.
-- Rule: the same as in continuum, consecutive, assistance_methods (Method 1) and charter_test, for an LEA that is on
--       the Dashboard.
-- Oddities: by_clause: the outlook (possible or certain) follows from the small-LEA clause alone, which no letter
--           decides; this applies to almost every LEA with one group that may count. groups_seen: groups that may have
--           had a result on the newest earlier Dashboard and are not known to have none on the next one. The charter
--           test is open if different groups met the criteria in each year, because the sources leave it open.
with counted as (
    select
        g.cds,
        count(*) filter (g.counts) as sure,
        count(*) filter (g.may_count) as may,
        count(*) filter (g.could_count) as could,
        list(g.student_group order by g.student_group) filter (g.counts) as groups_certain,
        list(g.student_group order by g.student_group) filter (g.could_count and not g.counts) as groups_possible
    from outlook_groups g
    group by g.cds
),
seen as (
    select
        h.cds,
        list(h.student_group order by h.student_group) filter (
            h.has_result is not false and g.has_result is not false
        ) as groups_seen
    from history h
    left join outlook_groups g using (cds, student_group)
    where h.dashboard_year = (select max(dashboard_year) from history)
    group by h.cds having bool_and(h.listed)
),
continuum as (
    select
        l.cds,
        'continuum' as test,
        case
            when c.sure >= d.groups_required or e.holds then 'certain'
            when c.could >= d.groups_required or e.may_hold or e.may_hold_joined then 'possible'
            else 'ruled_out'
        end as outlook,
        case outlook
            when 'certain' then c.sure < d.groups_required
            when 'possible' then c.could < d.groups_required
            else false
        end as by_clause,
        d.groups_required,
        c.groups_certain,
        c.groups_possible,
        s.groups_seen
    from leas l
    cross join determination_years d
    join counted c using (cds)
    join small_lea_clause e using (cds)
    left join seen s using (cds)
    where l.lea_type <> 'charter'
),
running as (
    select
        l.cds,
        'consecutive' as test,
        case when bool_or(g.counts) then 'certain' when bool_or(g.may_count or g.may_count_joined) then 'possible'
            else 'ruled_out' end as outlook,
        list(g.student_group order by g.student_group) filter (g.counts) as groups_certain,
        list(g.student_group order by g.student_group)
            filter (not g.counts and (g.may_count or g.may_count_joined)) as groups_possible
    from leas l
    join ahead_year a on true
    join rule_consecutive r using (determination_year)
    left join consecutive_groups g using (cds)
    where l.lea_type = 'district'
    group by l.cds
),
first_method as (
    select
        l.cds,
        'method_1' as test,
        case when bool_or(h.meets_criteria) then 'certain' when bool_or(h.meets_criteria is null) then 'possible'
            else 'ruled_out' end as outlook,
        list(h.student_group order by h.student_group) filter (h.meets_criteria) as groups_certain,
        list(h.student_group order by h.student_group) filter (h.meets_criteria is null) as groups_possible
    from leas l
    join ahead_year a on true
    join rule_assistance r on r.determination_year = a.determination_year and list_contains(r.serves, l.lea_type)
    join student_group_history h on h.cds = l.cds and h.dashboard_year = a.determination_year
    where list_contains(r.methods, 1)
    group by l.cds
),
charter as (
    select
        cds,
        'charter' as test,
        case status when 'eligible' then 'certain' when 'undetermined' then 'possible' else 'ruled_out' end as outlook,
        student_groups as groups_certain,
        student_groups_unknown as groups_possible
    from charter_test
),
together as (
    select * from continuum
    union all by name select * from running
    union all by name select * from first_method
    union all by name select * from charter
)
select
    t.cds,
    t.test,
    a.determination_year,
    t.outlook,
    coalesce(t.by_clause, false) as by_clause,
    coalesce(t.groups_required, 1) as groups_required,
    coalesce(t.groups_certain, []) as groups_certain,
    coalesce(t.groups_possible, []) as groups_possible,
    coalesce(t.groups_seen, []) as groups_seen
from together t
cross join ahead_year a
