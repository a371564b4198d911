-- Grain: district or county office x assistance year x method of Differentiated Assistance that exists that year.
-- Key: cds, determination_year, method.
-- Inputs: leas, assistance_years, lea_years, student_group_history, local_failures, local_indicators, reg_calpads,
--         assistance_flags.
-- Rule: method 1: a student group met the criteria. Method 2: two or more local indicators failed. Method 3: neither
--       applies, exactly one local indicator failed, and a group met exactly one state priority, a different one.
--       Method 4: End-of-Year CALPADS data were not certified on time.
-- Oddities: ours is null if an input is missing. CDE's own flag in the LEA's row of the year's workbook is then the
--           answer, and decided_by is 'cde'. CDE's flag never overrides what can be computed. Letters do not show which
--           groups met exactly one priority, so method 3 cannot be computed from them.
with groups as (
    select
        h.cds,
        h.dashboard_year as determination_year,
        bool_or(h.meets_criteria) as any_meets,
        bool_or(h.meets_criteria is null) as any_unknown,
        min(h.basis) as basis,
        bool_or(h.basis <> 'indicators' or len(h.priorities_unknown) > 0) as single_unknown,
        coalesce(
            list(distinct h.priorities_met[1] order by h.priorities_met[1])
                filter (h.basis = 'indicators' and len(h.priorities_met) = 1 and len(h.priorities_unknown) = 0),
            []
        ) as single_priorities
    from student_group_history h
    group by all
),
has_local as (
    select distinct cds, dashboard_year from local_indicators
),
facts as (
    select
        l.cds,
        a.determination_year,
        a.methods,
        g.basis,
        case when g.any_meets then true when coalesce(g.any_unknown, true) then null else false end as method_1,
        coalesce(f.failed, []) as failed,
        coalesce(f.unknown, []) as unknown,
        case
            when f.cds is null then null
            when len(f.failed) >= 2 then true
            when len(f.failed) + len(f.unknown) >= 2 then null
            else false
        end as method_2,
        g.single_unknown,
        g.single_priorities,
        case c.certified_on_time when 'N' then true when 'Y' then false end as method_4
    from leas l
    cross join assistance_years a
    join lea_years y on y.cds = l.cds and y.dashboard_year = a.determination_year and y.in_files is not false
    left join groups g on g.cds = l.cds and g.determination_year = a.determination_year
    left join local_failures f on f.cds = l.cds and f.determination_year = a.determination_year
    left join reg_calpads c on c.cds = l.cds and c.school_year = a.calpads_school_year
    left join has_local o on o.cds = l.cds and o.dashboard_year = a.determination_year
    where list_contains(a.serves, l.lea_type) and (y.basis <> 'none' or o.cds is not null or c.cds is not null)
),
third as (
    select
        *,
        case
            when method_1 or method_2 then false
            when len(failed) > 1 or len(failed) + len(unknown) = 0 then false
            when method_1 is null or method_2 is null or len(unknown) > 0 then null
            when len(list_filter(single_priorities, lambda p: p <> failed[1])) > 0 then true
            when single_unknown then null
            else false
        end as method_3
    from facts
),
long as (
    select
        cds,
        determination_year,
        m.method,
        basis,
        case m.method when 1 then method_1 when 2 then method_2 when 3 then method_3 when 4 then method_4 end as ours,
        failed,
        unknown
    from third
    cross join unnest(methods) as m(method)
)
select
    o.cds,
    o.determination_year,
    o.method,
    o.ours,
    f.value as cde_flag,
    coalesce(o.ours, f.value = 'Y') as met,
    case when o.ours is not null then 'computed' when f.value is not null then 'cde_flag' else 'none' end as basis,
    case
        when o.ours is null then if(f.value is not null, 'cde', null)
        when o.method = 4 then 'calpads_register'
        when o.method = 2 or o.basis <> 'cde_letters' then 'computed_from_indicators'
        else 'computed_from_letters'
    end as decided_by,
    if(o.ours is not null and f.value is not null, (f.value = 'Y') = o.ours, null) as agrees_with_cde,
    if(o.method in (2, 3), o.failed, null) as local_priorities_failed,
    if(o.method in (2, 3), o.unknown, null) as local_priorities_unknown
from long o
left join assistance_flags f on f.cds = o.cds and f.dashboard_year = o.determination_year
    and f.flag = 'met_method_' || o.method
