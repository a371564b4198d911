-- Grain: district or county office x assistance year: Differentiated Assistance (EC 52071, 52071.5).
-- Key: cds, determination_year.
-- Inputs: leas, assistance_years, lea_years, assistance_methods.
-- Rule: any method suffices. From the identifications of 2023 on assistance lasts two years: Year 1 met a method now, Year 2 was in Year 1 on
--       the Dashboard before and met none now.
-- Oddities: where it is not known whether a method is met now, Year 1 and Year 2 cannot be told apart, though assistance may be certain. Where no
--           file of the year covers the county nothing is known of the LEA; where nothing is known of the Dashboard before, Year 2 is not ruled out.
with per_lea as (
    select
        cds, determination_year,
        bool_or(met) as any_met, bool_or(met is null) as any_unknown,
        coalesce(list(method order by method) filter (met), []) as methods_met,
        coalesce(list(method order by method) filter (met is null), []) as methods_unknown
    from assistance_methods
    group by all
),
judged as (
    select
        l.cds, a.determination_year, a.rule_set, a.as_of, a.second_year_after, y.basis = 'none' as no_file,
        coalesce(y.in_files, false) or y.basis = 'none' as may_be_there,
        list_contains(a.serves, l.lea_type) as served,
        if(l.lea_type = 'county_office', a.statute_county_office, a.statute_district) as statute,
        case when p.any_met then true when p.any_unknown then null when p.cds is null then null else false end as met,
        coalesce(p.methods_met, []) as methods_met, coalesce(p.methods_unknown, []) as methods_unknown
    from leas l
    cross join assistance_years a
    left join lea_years y on y.cds = l.cds and y.dashboard_year = a.determination_year
    left join per_lea p on p.cds = l.cds and p.determination_year = a.determination_year
    where l.lea_type <> 'charter'
),
with_before as (
    select j.*, j.second_year_after is not null as two_years, b.met as met_before,
        b.cds is null or b.may_be_there as may_have_been_there
    from judged j
    left join judged b on b.cds = j.cds and b.determination_year = j.second_year_after
)
select
    cds, determination_year, rule_set, as_of, statute, no_file, met is false as none_met, methods_met, methods_unknown, second_year_after,
    case
        when not served then 'not_applicable'
        when not may_be_there then 'not_assessed'
        when met then 'eligible'
        when two_years and met_before then 'eligible'
        when met is null then 'undetermined'
        when two_years and may_have_been_there and met_before is null then 'undetermined'
        else 'not_eligible'
    end as status,
    case
        when not served or not may_be_there then null
        when met then 1
        when met is false and two_years and met_before then 2
    end::tinyint as assistance_year
from with_before
