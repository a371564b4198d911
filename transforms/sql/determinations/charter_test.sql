-- Grain: charter school x determination year that has the test (EC 47607.3(a)).
-- Key: cds, determination_year.
-- Inputs: leas, rule_charter, assistance_years, charter_groups, lea_years, charter_flags.
-- Rule: the school met the criteria on both Dashboards. One group that met them on both is enough. If only different
--       groups met them, one each year, the sources give no answer, and the status is 'undetermined'.
-- Oddities: if an input is missing, CDE's own status of the school in the year's workbook is the verdict. If the
--           sources leave the test open, CDE's status is not used, because nothing is missing. A "no" that the years of
--           a registered predecessor would change is undetermined.
with per_year as (
    select
        g.cds,
        g.determination_year,
        y.met_year,
        bool_or(list_contains(g.years_met, y.met_year)) as met,
        bool_or(list_contains(g.years_met, y.met_year) or list_contains(g.years_unknown, y.met_year)) as may_be_met,
        bool_or(
            list_contains(g.years_met || g.years_unknown || g.years_joined, y.met_year)
        ) as may_be_met_joined
    from charter_groups g
    join rule_charter c using (determination_year)
    cross join unnest(c.dashboards) as y(met_year)
    group by all
),
any_group as (
    select
        cds,
        determination_year,
        bool_and(met) as met_each_year,
        bool_and(may_be_met) as may_be_met_each_year,
        bool_and(may_be_met_joined) as may_be_met_each_year_joined
    from per_year group by all
),
per_school as (
    select
        cds,
        determination_year,
        bool_or(counts) as any_counts,
        bool_or(may_count) as any_may,
        bool_or(may_count_joined) as any_may_joined,
        if(bool_or(from_letters), 'computed_from_letters', 'computed_from_indicators') as computed_by,
        coalesce(list(student_group order by student_group) filter (counts), []) as student_groups,
        coalesce(
            list(student_group order by student_group) filter (
                not counts and (len(years_met) > 0 or may_count or may_count_joined)
            ), []
        ) as student_groups_unknown
    from charter_groups
    group by all
),
computed as (
    select
        l.cds,
        c.determination_year,
        c.rule_set,
        a.as_of,
        c.statute,
        c.dashboards,
        c.open_question,
        y.basis = 'none' as no_file,
        case
            when not y.in_files then 'not_assessed'
            when p.any_counts and (y.in_files or y.basis = 'none') then 'eligible'
            when p.any_may or g.may_be_met_each_year then 'undetermined'
            when p.any_may_joined or g.may_be_met_each_year_joined then 'undetermined'
            else 'not_eligible'
        end as computed_status,
        a.not_confirmed,
        computed_status = 'undetermined' and not coalesce(p.any_may or g.may_be_met_each_year, false) as by_succession,
        coalesce(g.met_each_year and not p.any_counts and a.not_confirmed is null, false) as different_groups,
        case
            when contains(f.value, 'Differentiated') then 'eligible'
            when contains(f.value, 'General') then 'not_eligible'
        end as cde_status,
        f.value as cde_value,
        p.computed_by,
        coalesce(p.student_groups, []) as student_groups,
        coalesce(p.student_groups_unknown, []) as student_groups_unknown
    from leas l
    cross join rule_charter c
    join assistance_years a using (determination_year)
    left join per_school p on p.cds = l.cds and p.determination_year = c.determination_year
    left join any_group g on g.cds = l.cds and g.determination_year = c.determination_year
    left join charter_flags f on f.cds = l.cds and f.dashboard_year = c.determination_year
        and f.flag = 'assistance_status_' || c.determination_year
    join lea_years y on y.cds = l.cds and y.dashboard_year = c.determination_year
    where l.lea_type = 'charter'
)
select
    * exclude (computed_status, computed_by, cde_status, cde_value),
    if(
        computed_status = 'undetermined' and not different_groups, coalesce(cde_status, 'undetermined'),
        computed_status
    ) as status,
    case
        when computed_status = 'not_assessed' then null
        when computed_status = 'undetermined' then if(cde_status is not null and not different_groups, 'cde', null)
        else computed_by
    end as decided_by,
    cde_value
from computed
