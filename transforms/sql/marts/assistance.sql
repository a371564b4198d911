-- Grain: LEA x determination year x determination: assistance by others than CCEE, which comes before Direct Technical
--        Assistance.
-- Key: cds, determination_year, determination.
-- Inputs: differentiated_assistance, consecutive, charter_test, leas, differentiated_reasons, consecutive_reasons,
--         charter_reasons, assistance_flags, charter_flags.
-- Oddities: CDE's 2025 status prints no year of assistance. Its flag of EC 52071(f) exists from 2025 on. If the sources
--           leave the charter test open, CDE's charter status is shown but not compared.
with decided as (
    select
        cds,
        determination_year,
        'differentiated_assistance' as determination,
        status,
        statute,
        rule_set,
        as_of,
        decided_by,
        assistance_year,
        methods_met,
        methods_unknown,
        []::varchar[] as student_groups
    from differentiated_assistance
    union all by name
    select
        cds,
        determination_year,
        'consecutive' as determination,
        status,
        statute,
        rule_set,
        as_of,
        decided_by,
        student_groups
    from consecutive
    union all by name
    select
        cds,
        determination_year,
        'charter' as determination,
        status,
        statute,
        rule_set,
        as_of,
        decided_by,
        student_groups
    from charter_test
),
cde as (
    select cds, dashboard_year as determination_year, 'differentiated_assistance' as determination, value as cde_value
    from assistance_flags where flag = 'assistance_status_' || dashboard_year and value is not null
    union all
    select cds, dashboard_year, 'consecutive', value from assistance_flags where flag = 'ec52071f' and value is not null
    union all
    select cds, dashboard_year, 'charter', value
    from charter_flags where flag = 'assistance_status_' || dashboard_year and value is not null
),
reasons as (
    select * from differentiated_reasons
    union all
    select * from consecutive_reasons
    union all
    select * from charter_reasons
),
compared as (
    select
        d.*,
        c.cde_value,
        case
            when c.cde_value is null or d.decided_by is null or d.decided_by = 'cde' then null
            when d.determination = 'consecutive' then (c.cde_value = 'Y') = (d.status = 'eligible')
            when not (contains(c.cde_value, 'Differentiated') = (d.status = 'eligible')) then false
            when contains(c.cde_value, 'Year') and d.assistance_year is not null
                then contains(c.cde_value, 'Year ' || d.assistance_year)
            else true
        end as agrees_with_cde
    from decided d
    left join cde c using (cds, determination_year, determination)
)
select
    c.cds,
    l.lea_name,
    l.lea_type,
    l.county_code,
    l.county,
    c.determination_year,
    c.determination,
    c.status,
    r.reason,
    c.statute,
    c.decided_by,
    c.assistance_year,
    c.methods_met,
    c.methods_unknown,
    c.student_groups,
    c.rule_set,
    c.as_of,
    c.cde_value,
    c.agrees_with_cde
from compared c
join leas l using (cds)
left join reasons r using (cds, determination_year, determination)
