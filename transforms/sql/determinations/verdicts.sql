-- Grain: LEA x determination year x pathway.
-- Key: cds, determination_year, pathway.
-- Inputs: continuum, wraparound, case_states, leas, determination_years, pathways, lea_doubts, reg_successions,
--         succession_chains.
-- Oddities: recorded pathways are never computed. Without a case on record, the status is 'not_assessed'. An LEA of a
--           kind that the pathway does not serve is 'not_applicable'. If there are several cases, the one nearest to a
--           yes decides, then an open one, then the latest. A rejected row of a register makes every LEA that it may
--           concern undetermined, unless another case makes the LEA eligible. So does an open case under a code that
--           ended, for the LEA that follows it: a person must decide whether the case passes. Under the code itself,
--           the case is open no longer than the determination that was in force when the code ended.
with deciding_cases as (
    select cds, determination_year, pathway, status, case_state
    from case_states
    qualify row_number() over (
        partition by cds, determination_year, pathway
        order by
            case status
                when 'eligible' then 1
                when 'undetermined' then 2
                else 3
            end, case_state = 'closed', known_from desc, case_id
    ) = 1
),
doubted as (
    select x.cds, d.determination_year, x.pathway, count(distinct (x.file, x.line)) as rejected_rows
    from lea_doubts x
    join determination_years d on x.since is null or x.since <= d.as_of
    group by all
),
ended as (
    select predecessor_cds as cds, min(succession_date) as ended_on from reg_successions group by predecessor_cds
),
inherited as (
    select
        c.cds,
        s.determination_year,
        s.pathway,
        list(distinct c.predecessor_name || ' (' || c.predecessor_cds || ')') as inherited_from
    from case_states s
    join succession_chains c on c.predecessor_cds = s.cds and c.since <= s.as_of
    where s.status <> 'not_eligible'
    group by all
),
decided as (
    select
        cds,
        determination_year,
        'continuum' as pathway,
        status,
        statute,
        rule_set,
        basis,
        decided_by,
        cde_flag,
        student_groups_counting as student_groups,
        null::date as as_of
    from continuum
    union all by name
    select
        w.cds,
        w.determination_year,
        'wraparound' as pathway,
        w.status,
        p.statute,
        'wraparound' as rule_set,
        'state_loan_register' as basis,
        if(w.status in ('undetermined', 'not_applicable'), null, 'state_loan_register') as decided_by,
        []::varchar[] as student_groups,
        w.as_of,
        w.source_age_years,
        w.source_is_old
    from wraparound w
    join pathways p on p.pathway = 'wraparound'
    union all by name
    select
        l.cds,
        d.determination_year,
        p.pathway,
        case
            when not list_contains(p.may_receive, l.lea_type) then 'not_applicable'
            when (x.rejected_rows > 0 or h.cds is not null) and coalesce(c.status, '') <> 'eligible' then 'undetermined'
            when c.status = 'eligible' and e.ended_on <= d.in_force_from then 'undetermined'
            else coalesce(c.status, 'not_assessed')
        end as status,
        p.statute,
        'recorded' as rule_set,
        'case_register' as basis,
        case
            when not list_contains(p.may_receive, l.lea_type) then null
            when c.status = 'eligible' and e.ended_on <= d.in_force_from then null
            when c.status = 'eligible' or (c.status = 'not_eligible' and x.rejected_rows is null and h.cds is null)
                then 'case_register'
        end as decided_by,
        []::varchar[] as student_groups,
        d.as_of,
        c.case_state,
        x.rejected_rows,
        h.inherited_from,
        if(c.status = 'eligible' and e.ended_on <= d.in_force_from, e.ended_on, null) as code_ended
    from leas l
    cross join determination_years d
    join pathways p on p.decided = 'recorded'
    left join deciding_cases c on c.cds = l.cds and c.determination_year = d.determination_year
        and c.pathway = p.pathway
    left join doubted x on x.cds = l.cds and x.determination_year = d.determination_year and x.pathway = p.pathway
    left join ended e on e.cds = l.cds
    left join inherited h on h.cds = l.cds and h.determination_year = d.determination_year and h.pathway = p.pathway
)
select * from decided
