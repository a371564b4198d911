-- Grain: LEA x test (continuum, consecutive, method_1, charter) x student group: certain, possible or ruled out on the
--        Dashboard that is not out.
-- Key: cds, test, student_group.
-- Inputs: leas, outlook_groups, student_group_history, ahead_year, rule_consecutive, rule_charter,
--         rule_assistance.
-- Oddities: counts_anyway: the group counts whatever the Dashboard that is not out shows. counts_if_met: the group
--           counts if it meets the criteria there; null if an earlier result is unknown. Years under the code of a
--           predecessor are only in the outlook of EC 52072.
with spans as (
    select 'consecutive' as test, r.dashboards, ['district'] as serves from rule_consecutive r
    semi join ahead_year using (determination_year)
    union all
    select 'charter', r.dashboards, ['charter'] from rule_charter r semi join ahead_year using (determination_year)
    union all
    select 'method_1', [r.determination_year], r.serves from rule_assistance r
    semi join ahead_year using (determination_year)
    where list_contains(r.methods, 1)
),
before as (
    select
        s.test,
        h.cds,
        h.student_group,
        case
            when count(b.dashboard_year) < any_value(len(s.dashboards)) - 1
                or bool_or(b.meets_criteria is false) then false
            when bool_or(b.cds is not null and b.meets_criteria is null) then null
            else true
        end as counts_if_met,
        any_value(h.meets_criteria) as meets_next,
        coalesce(list(b.dashboard_year order by b.dashboard_year) filter (b.meets_criteria), []) as years_met
    from spans s
    join leas l on list_contains(s.serves, l.lea_type)
    join student_group_history h on h.cds = l.cds
    join ahead_year a on a.determination_year = h.dashboard_year
    left join student_group_history b on b.cds = h.cds and b.student_group = h.student_group
        and list_contains(s.dashboards, b.dashboard_year)
        and b.dashboard_year < a.determination_year
    group by all
),
together as (
    select
        'continuum' as test,
        cds,
        student_group,
        years_short <= 0 as counts_anyway,
        case
            when years_short <= 1 then true
            when could_count
                or len(list_filter(years_unknown, lambda y: y < determination_year)) >= years_short - 1 then null
            else false
        end
            as counts_if_met,
        meets_next,
        years_met,
        outlook
    from outlook_groups
    union all by name
    select
        test,
        cds,
        student_group,
        false as counts_anyway,
        counts_if_met,
        meets_next,
        years_met,
        case
            when counts_if_met and meets_next then 'certain'
            when counts_if_met is not false and meets_next is not false then 'possible'
            else 'ruled_out'
        end as outlook
    from before
)
select t.*, a.determination_year
from together t
cross join ahead_year a
