-- Grain: LEA x Dashboard year x flag that CDE publishes and this pipeline decides: a priority letter per student group,
--        the number of groups with a letter, each method and the status of Differentiated Assistance, EC 52072, EC
--        52071(f), the charter flags, and CDE's lists of low performing LEAs.
-- Key: cds, dashboard_year, flag.
-- Inputs: student_group_history, assistance_leas, charter_letters, charter_flags, eligibility, assistance,
--         assistance_methods, assistance_flags, low_performing_compared, leas, accepted_differences, run_parameters,
--         reconciliation_words.
-- Oddities: letters are compared only where ours come from indicator rows; where they are CDE's own there is nothing to
--           compare. A verdict that is CDE's own, or rests on its flags, is not comparable (decided_by 'cde'). What
--           CDE's charter flag EC 47607 means is not sourced; its status of a charter school is compared where our test
--           has an answer. An acceptance covers a difference as it was, until its last day.
with listed as (
    select cds, dashboard_year from assistance_leas
    union
    select cds, dashboard_year from charter_letters
),
letters as (
    select
        h.cds,
        h.dashboard_year,
        'letter:' || h.student_group as flag,
        'letter' as kind,
        coalesce(h.letter, '-') as ours,
        coalesce(h.cde_letter, '-') as cde,
        h.meets_criteria is null or len(h.priorities_unknown) > 0 as unknown,
        h.note as because
    from student_group_history h
    join listed a on a.cds = h.cds and a.dashboard_year = h.dashboard_year
    where h.basis = 'indicators'
),
totals as (
    select
        h.cds,
        h.dashboard_year,
        'total_student_groups' as flag,
        'total' as kind,
        count(*) filter (h.meets_criteria)::varchar as ours,
        any_value(try_cast(f.value as double)::integer::varchar) as cde,
        bool_or(h.meets_criteria is null) as unknown,
        null as because
    from student_group_history h
    join (select * from assistance_flags union all by name select * from charter_flags) f
        on f.cds = h.cds and f.dashboard_year = h.dashboard_year and f.flag = 'total_student_groups'
            and f.value is not null
    group by h.cds, h.dashboard_year
),
methods as (
    select
        cds,
        determination_year as dashboard_year,
        'met_method_' || method as flag,
        'method' as kind,
        if(ours, 'Y', 'N') as ours,
        cde_flag as cde,
        ours is null as unknown,
        say_decided_by_cde() as because
    from assistance_methods where cde_flag is not null
),
statuses as (
    select
        a.cds,
        a.determination_year as dashboard_year,
        'assistance_status' as flag,
        'status' as kind,
        case
            when a.status = 'eligible' then concat_ws(', Year ', 'Differentiated Assistance', a.assistance_year)
            else 'General Assistance'
        end as ours,
        a.cde_value as cde,
        a.agrees_with_cde,
        coalesce(a.decided_by = 'cde', a.status = 'undetermined') as unknown,
        if(a.decided_by = 'cde', say_decided_by_cde(), say_inputs_not_loaded()) as because
    from assistance a
    where a.determination = 'differentiated_assistance' and a.cde_value is not null
        and a.status in ('eligible', 'not_eligible', 'undetermined')
),
flags as (
    select
        cds,
        determination_year as dashboard_year,
        'ec52072' as flag,
        'ec52072' as kind,
        if(status = 'eligible', 'Y', 'N') as ours,
        cde_flag as cde,
        coalesce(decided_by = 'cde', status = 'undetermined') as unknown,
        if(decided_by = 'cde', say_decided_by_cde(), say_continuum_open()) as because
    from eligibility
    where pathway = 'continuum' and cde_flag is not null
    union all
    select
        cds,
        determination_year,
        'ec52071f',
        'ec52071f',
        if(status = 'eligible', 'Y', 'N'),
        cde_value,
        coalesce(decided_by = 'cde', status = 'undetermined'),
        if(decided_by = 'cde', say_decided_by_cde(), say_input_missing())
    from assistance where determination = 'consecutive' and cde_value is not null
    union all
    select cds, dashboard_year, flag, 'charter', null, value, true, say_flag_not_sourced() from charter_flags
    where flag <> 'total_student_groups' and flag <> 'assistance_status_' || dashboard_year and value is not null
    union all
    select cds, dashboard_year, flag, kind, ours, cde, unknown, say_input_missing() from low_performing_compared
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
        if(decided_by = 'cde', say_decided_by_cde(), say_charter_test_open()) as because
    from assistance where determination = 'charter' and cde_value is not null
),
compared as (
    select *, null::boolean as agrees_with_cde from letters
    union all by name
    select *, null::boolean as agrees_with_cde from totals
    union all by name
    select *, null::boolean as agrees_with_cde from methods
    union all by name
    select * from statuses
    union all by name
    select * from charter_statuses
    union all by name
    select *, null::boolean as agrees_with_cde from flags
),
classed as (
    select
        b.* exclude (ours),
        if(b.unknown, null, b.ours) as ours,
        case
            when b.unknown then 'not_comparable'
            when b.agrees_with_cde or b.ours = b.cde then 'agree'
            when b.cde in ('-', 'N', 'General Assistance') then 'only_ours'
            when b.ours in ('-', 'N', 'General Assistance') then 'only_cde'
            else 'differs'
        end as class
    from compared b
)
select
    b.cds,
    l.lea_name,
    b.dashboard_year,
    b.flag,
    b.ours,
    b.cde,
    b.class,
    w.words || if(
        b.class = 'not_comparable' and b.because is not null, ' (' || b.because || ')', ''
    ) || '.' as explanation,
    a.cds is not null as accepted,
    a.reason as accepted_reason,
    a.expires_on as accepted_until
from classed b
join leas l using (cds)
left join reconciliation_words w on w.kind = b.kind and w.class = b.class
left join accepted_differences a
    on a.cds = b.cds and a.dashboard_year = b.dashboard_year and a.flag = b.flag
        and b.class not in ('agree', 'not_comparable')
    and a.ours = coalesce(b.ours, '') and a.cde = coalesce(b.cde, '')
    and a.expires_on >= (select as_of from run_parameters)
