-- Grain: LEA x Dashboard year x flag of verdicts in CDE's workbooks: each method and the status of Differentiated
--        Assistance, EC 52072, EC 52071(f), and the flags of charter schools.
-- Key: cds, dashboard_year, flag.
-- Inputs: eligibility, assistance, assistance_methods, charter_flags.
-- Oddities: a verdict that is CDE's own, or is based on its flags, is not comparable (decided_by 'cde'). No source
--           defines CDE's charter flag EC 47607. CDE's status of a charter school is compared if our test has an
--           answer.
with methods as (
    select
        cds,
        determination_year as dashboard_year,
        'met_method_' || method as flag,
        'method' as kind,
        if(ours, 'Y', 'N') as ours,
        cde_flag as cde,
        ours is null as unknown,
        note_decided_by_cde() as because
    from assistance_methods
    where cde_flag is not null
),
statuses as (
    select
        cds,
        determination_year as dashboard_year,
        'assistance_status' as flag,
        'status' as kind,
        case
            when status = 'eligible' then concat_ws(', Year ', 'Differentiated Assistance', assistance_year)
            else 'General Assistance'
        end as ours,
        cde_value as cde,
        agrees_with_cde,
        coalesce(decided_by = 'cde', status = 'undetermined') as unknown,
        if(decided_by = 'cde', note_decided_by_cde(), note_inputs_not_loaded()) as because
    from assistance
    where determination = 'differentiated_assistance' and cde_value is not null
        and status in ('eligible', 'not_eligible', 'undetermined')
),
charter_statuses as (
    select
        cds,
        determination_year as dashboard_year,
        'assistance_status' as flag,
        'charter_status' as kind,
        if(status = 'eligible', 'Differentiated Assistance', 'General Assistance') as ours,
        cde_value as cde,
        agrees_with_cde,
        coalesce(decided_by = 'cde', status not in ('eligible', 'not_eligible')) as unknown,
        if(decided_by = 'cde', note_decided_by_cde(), note_charter_test_open()) as because
    from assistance
    where determination = 'charter' and cde_value is not null
),
continuum_flags as (
    select
        cds,
        determination_year as dashboard_year,
        'ec52072' as flag,
        'ec52072' as kind,
        if(status = 'eligible', 'Y', 'N') as ours,
        cde_flag as cde,
        coalesce(decided_by = 'cde', status = 'undetermined') as unknown,
        if(decided_by = 'cde', note_decided_by_cde(), note_continuum_open()) as because
    from eligibility
    where pathway = 'continuum' and cde_flag is not null
),
consecutive_flags as (
    select
        cds,
        determination_year as dashboard_year,
        'ec52071f' as flag,
        'ec52071f' as kind,
        if(status = 'eligible', 'Y', 'N') as ours,
        cde_value as cde,
        coalesce(decided_by = 'cde', status = 'undetermined') as unknown,
        if(decided_by = 'cde', note_decided_by_cde(), note_input_missing()) as because
    from assistance
    where determination = 'consecutive' and cde_value is not null
),
other_charter_flags as (
    select
        cds,
        dashboard_year,
        flag,
        'charter' as kind,
        null as ours,
        value as cde,
        true as unknown,
        note_flag_not_sourced() as because
    from charter_flags
    where flag not in ('total_student_groups', 'assistance_status_' || dashboard_year) and value is not null
)
select * from methods
union all by name
select * from statuses
union all by name
select * from charter_statuses
union all by name
select * from continuum_flags
union all by name
select * from consecutive_flags
union all by name
select * from other_charter_flags
