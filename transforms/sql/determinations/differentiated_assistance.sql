-- Grain: district or county office x assistance year: Differentiated Assistance (EC 52071, 52071.5).
-- Key: cds, determination_year.
-- Inputs: leas, assistance_years, lea_years, assistance_methods, assistance_flags, predecessor_years.
-- Rule: any method is enough. From the identifications of 2023 on, assistance lasts two years: Year 1 met a method now;
--       Year 2 was in Year 1 on the Dashboard before and meets none now.
-- Oddities: if it is not known whether a method is met now, Year 1 and Year 2 look the same, although assistance may be
--           certain. If no file of the year covers the county, nothing is known about the LEA. Year 2 is not ruled out
--           if nothing is known about the Dashboard before, or if a registered predecessor was, or may have been, in
--           Year 1 then (by_succession). decided_by is 'cde' in two cases: a method that the verdict needs is known
--           only from CDE's flag, or the methods leave the verdict open and CDE's own status in the LEA's row of the
--           year's workbook is the verdict ('Differentiated ...' or 'General ...', with the year as printed).
with per_lea as (
    select
        cds,
        determination_year,
        bool_or(met) as any_met,
        bool_or(met is null) as any_unknown,
        arg_min(decided_by, method) filter (met and decided_by <> 'cde') as met_by,
        if(bool_or(decided_by = 'cde'), 'cde', arg_min(decided_by, method)) as none_met_by,
        coalesce(list(method order by method) filter (met), []) as methods_met,
        coalesce(list(method order by method) filter (met is null), []) as methods_unknown
    from assistance_methods
    group by all
),
judged as (
    select
        l.cds,
        a.determination_year,
        a.rule_set,
        a.as_of,
        a.not_confirmed,
        a.second_year_after,
        y.basis = 'none' as no_file,
        y.in_files is not false as may_be_there,
        list_contains(a.serves, l.lea_type) as served,
        if(l.lea_type = 'county_office', a.statute_county_office, a.statute_district) as statute,
        case when p.any_met then true when p.any_unknown then null when p.cds is null then null else false end as met,
        case
            when p.any_met then coalesce(p.met_by, 'cde')
            when not p.any_unknown then p.none_met_by
        end as met_decided_by,
        coalesce(p.methods_met, []) as methods_met,
        coalesce(p.methods_unknown, []) as methods_unknown
    from leas l
    cross join assistance_years a
    left join lea_years y on y.cds = l.cds and y.dashboard_year = a.determination_year
    left join per_lea p on p.cds = l.cds and p.determination_year = a.determination_year
    where l.lea_type <> 'charter'
),
earlier_codes as (
    select
        p.cds,
        p.dashboard_year as determination_year,
        list(distinct p.predecessor_name || ' (' || p.predecessor_cds || ')') as predecessors
    from predecessor_years p
    left join judged b on b.cds = p.predecessor_cds and b.determination_year = p.dashboard_year
    where b.cds is null or (b.may_be_there and b.met is not false)
    group by all
),
with_before as (
    select
        j.*,
        j.second_year_after is not null as two_years,
        b.met as met_before,
        b.met_decided_by as before_decided_by,
        b.cds is null or b.may_be_there as may_have_been_there,
        coalesce(list_sort(n.predecessors), []) as predecessors
    from judged j
    left join judged b on b.cds = j.cds and b.determination_year = j.second_year_after
    left join earlier_codes n on n.cds = j.cds and n.determination_year = j.second_year_after
),
computed as (
    select
        * exclude (served, may_be_there, may_have_been_there, two_years),
        case
            when not served then 'not_applicable'
            when not may_be_there then 'not_assessed'
            when met then 'eligible'
            when two_years and met_before then 'eligible'
            when met is null then 'undetermined'
            when two_years and may_have_been_there and met_before is null then 'undetermined'
            when two_years and len(predecessors) > 0 then 'undetermined'
            else 'not_eligible'
        end as computed_status,
        met is false and two_years and not coalesce(met_before, false)
            and not (may_have_been_there and met_before is null) and computed_status = 'undetermined' as by_succession,
        case
            when not served or not may_be_there then null
            when met then 1
            when met is false and two_years and met_before then 2
        end::tinyint as computed_year,
        list_filter(
            [met_decided_by, if(two_years and not coalesce(met, false), before_decided_by, null)],
            lambda d: d is not null
        ) as decided
    from with_before
),
answered as (
    select
        c.*,
        case
            when contains(f.value, 'Differentiated') then 'eligible'
            when contains(f.value, 'General') then 'not_eligible'
        end as cde_status,
        try_cast(regexp_extract(f.value, 'Year ([12])', 1) as tinyint) as cde_year
    from computed c
    left join assistance_flags f
        on f.cds = c.cds and f.dashboard_year = c.determination_year
            and f.flag = 'assistance_status_' || c.determination_year
)
select
    cds,
    determination_year,
    rule_set,
    as_of,
    statute,
    not_confirmed,
    no_file,
    met is false as none_met,
    methods_met,
    methods_unknown,
    second_year_after,
    if(computed_status = 'undetermined', coalesce(cde_status, 'undetermined'), computed_status) as status,
    if(computed_status = 'undetermined', cde_year, computed_year) as assistance_year,
    case
        when computed_status in ('not_applicable', 'not_assessed') then null
        when computed_status = 'undetermined' then if(cde_status is not null, 'cde', null)
        when list_contains(decided, 'cde') then 'cde'
        else decided[1]
    end as decided_by,
    computed_status = 'undetermined' and cde_status is not null as by_cde_status,
    if(by_succession, predecessors, []) as predecessors
from answered
