-- Grain: district or county office x determination year that has the test (EC 52071(f)).
-- Key: cds, determination_year.
-- Inputs: leas, rule_consecutive, assistance_years, consecutive_groups, lea_years, assistance_flags.
-- Rule: at least one student group met the criteria in each of three consecutive Dashboards. Districts only: CDE's flag
--       is N for county offices whose groups would qualify.
-- Oddities: a "no" that the years of a registered predecessor would change is undetermined. If missing inputs leave the
--           test open, CDE's own flag in the year's workbook (from 2025 on) is the verdict.
with per_lea as (
    select
        cds,
        determination_year,
        bool_or(counts) as any_counts,
        bool_or(may_count) as any_may,
        bool_or(may_count_joined) as any_may_joined,
        if(bool_or(from_letters), 'computed_from_letters', 'computed_from_indicators') as computed_by,
        coalesce(list(student_group order by student_group) filter (counts), []) as student_groups,
        coalesce(
            list(student_group order by student_group) filter (may_count_joined and not counts), []
        ) as student_groups_unknown
    from consecutive_groups
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
            when l.lea_type <> 'district' then 'not_applicable'
            when not y.in_files then 'not_assessed'
            when p.any_counts and (y.in_files or y.basis = 'none') then 'eligible'
            when p.any_may or p.any_may_joined then 'undetermined'
            else 'not_eligible'
        end as computed_status,
        a.not_confirmed,
        coalesce(p.any_may_joined and not p.any_may, false) as by_succession,
        f.value as cde_flag,
        p.computed_by,
        coalesce(p.student_groups, []) as student_groups,
        coalesce(p.student_groups_unknown, []) as student_groups_unknown
    from leas l
    cross join rule_consecutive c
    join assistance_years a using (determination_year)
    left join per_lea p on p.cds = l.cds and p.determination_year = c.determination_year
    left join assistance_flags f on f.cds = l.cds and f.dashboard_year = c.determination_year and f.flag = 'ec52071f'
    join lea_years y on y.cds = l.cds and y.dashboard_year = c.determination_year
    where l.lea_type <> 'charter'
)
select
    * exclude (computed_status, computed_by),
    if(
        computed_status = 'undetermined' and cde_flag is not null, if(cde_flag = 'Y', 'eligible', 'not_eligible'),
        computed_status
    ) as status,
    case
        when computed_status in ('not_applicable', 'not_assessed') then null
        when computed_status = 'undetermined' then if(cde_flag is not null, 'cde', null)
        else computed_by
    end as decided_by
from computed
