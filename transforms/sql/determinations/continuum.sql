-- Grain: LEA x determination year.
-- Key: cds, determination_year.
-- Inputs: leas, determination_years, continuum_groups, small_lea_clause, lea_years, student_group_history,
--         assistance_flags.
-- Rule: three or more student groups each met the criteria in three of the four counted Dashboards. If an LEA has fewer
--       than three groups, all of them must have done so (EC 52072, 52072.5; small_lea_clause has that part).
-- Oddities: charter schools are not applicable: they have their own test (EC 47607.3). An LEA that is in none of the
--           year's files, although they cover its county, is not assessed, whatever its results were before it closed.
--           An LEA that is in them is assessed by the earlier years even if no group still has a result. Unknown
--           values are carried through: 'may' counts are upper bounds. If a missing file hides whether any group has a
--           result, 'no results to assess' and 'no' look the same. With letters alone this is always the case, and the
--           answer is 'no', as in CDE's flag. If an input is missing and the other inputs do not decide, CDE's own flag
--           in the LEA's row of the year's workbook is the verdict (decided_by 'cde'). CDE's flag never overrides what
--           can be computed. A blank flag is no answer. CDE begins a new history with a new code: a "no" under it is
--           undetermined if the years of a registered predecessor would change it.
with groups as (
    select
        cds,
        determination_year,
        count(*) filter (counts) as groups_counting,
        count(*) filter (may_count) as groups_that_may_count,
        count(*) filter (has_result) as groups_with_result,
        count(*) filter (may_have_result) as groups_that_may_have_result,
        count(*) filter (may_count_joined) as groups_that_may_count_joined,
        coalesce(list(student_group order by student_group) filter (counts), []) as student_groups_counting
    from continuum_groups
    group by cds, determination_year
),
sources as (
    select h.cds, d.determination_year, list(distinct h.basis) filter (h.basis <> 'none') as bases
    from determination_years d
    join student_group_history h on list_contains(d.counted_dashboards, h.dashboard_year)
    group by h.cds, d.determination_year
),
own_code as (
    select
        l.cds,
        d.determination_year,
        case
            when l.lea_type = 'charter' then 'not_applicable'
            when not y.in_files then 'not_assessed'
            when (c.groups_counting >= d.groups_required or e.holds) and (y.in_files or y.basis = 'none')
                then 'eligible'
            when c.groups_that_may_count >= d.groups_required or e.may_hold then 'undetermined'
            when c.groups_that_may_have_result = 0 then 'not_assessed'
            when c.groups_with_result = 0 and y.basis = 'indicators' then 'undetermined'
            else 'not_eligible'
        end as own_status,
        (own_status = 'not_eligible' or own_status = 'not_assessed' and y.in_files is not false) and coalesce(
            c.groups_that_may_count_joined >= d.groups_required or e.may_hold_joined, false
        ) as by_succession,
        coalesce(c.groups_counting < d.groups_required and e.holds, false) as by_small_clause,
        coalesce(e.may_hold and c.groups_that_may_count < d.groups_required, false) as small_clause_open,
        coalesce(c.student_groups_counting, []) as student_groups_counting,
        c.groups_with_result::smallint as groups_with_result,
        c.groups_that_may_have_result::smallint as groups_that_may_have_result,
        y.in_files,
        case
            when len(s.bases) = 2 then 'indicators_and_cde_letters'
            when len(s.bases) = 1 then s.bases[1]
            else 'none'
        end as basis,
        if(l.lea_type = 'county_office', d.statute_county_office, d.statute_district) as statute,
        d.rule_set,
        d.counted_dashboards,
        f.value as cde_flag,
        f.source_column as cde_column
    from leas l
    cross join determination_years d
    left join groups c on c.cds = l.cds and c.determination_year = d.determination_year
    left join small_lea_clause e on e.cds = l.cds and e.determination_year = d.determination_year
    left join sources s on s.cds = l.cds and s.determination_year = d.determination_year
    left join assistance_flags f on f.cds = l.cds and f.dashboard_year = d.determination_year and f.flag = 'ec52072'
    join lea_years y on y.cds = l.cds and y.dashboard_year = d.determination_year
),
computed as (
    select
        * exclude (own_status),
        if(by_succession, 'undetermined', own_status) as computed_status
    from own_code
)
select
    * exclude (computed_status, cde_column),
    case
        when computed_status <> 'undetermined' or cde_flag is null then computed_status
        when cde_flag = 'Y' then 'eligible'
        else 'not_eligible'
    end as status,
    case
        when computed_status = 'not_applicable' or (computed_status = 'not_assessed' and not in_files) then null
        when computed_status = 'undetermined' then if(cde_flag is not null, 'cde', null)
        when contains(basis, 'cde_letters') then 'computed_from_letters'
        else 'computed_from_indicators'
    end as decided_by,
    cde_column
from computed
