-- Grain: LEA x determination year (EC 52074(g)(2)(A)).
-- Key: cds, determination_year.
-- Inputs: leas, determination_years, loan_states, lea_doubts.
-- Oddities: districts only; a county office is not applicable. One open loan decides, whatever the state of the others.
--           A rejected row of the register makes every district that it may concern undetermined. The age is the age of
--           the newest source of the loans that decide.
with per_lea as (
    select
        cds,
        determination_year,
        count(*) filter (loan_state in ('outstanding', 'confirmed')) as open_loans,
        count(*) filter (
            loan_state in (
                'receipt_not_dated', 'authorized_only', 'of_predecessor', 'code_ended', 'repaid_or_released',
                'referral_not_dated', 'record_rejected'
            )
        ) as doubtful_loans,
        min(source_age_years) filter (loan_state = 'outstanding') as source_age_years,
        bool_and(source_is_old) filter (loan_state in ('outstanding', 'confirmed'))
            and count(*) filter (loan_state = 'confirmed') = 0 as source_is_old,
        list(loan_id order by loan_id) filter (loan_state <> 'not_received') as loan_ids
    from loan_states
    group by all
),
doubted as (
    select x.cds, d.determination_year, count(distinct (x.file, x.line)) as rejected_rows
    from lea_doubts x
    join determination_years d on x.since is null or x.since <= d.as_of
    where x.pathway = 'wraparound'
    group by all
),
decided as (
    select
        l.cds,
        d.determination_year,
        d.as_of,
        d.in_force_from,
        case
            when l.lea_type <> 'district' then 'not_applicable'
            when p.open_loans > 0 then 'eligible'
            when p.doubtful_loans > 0 or x.rejected_rows > 0 then 'undetermined'
            else 'not_eligible'
        end as status,
        coalesce(p.loan_ids, []) as loan_ids,
        p.source_age_years,
        p.source_is_old,
        coalesce(x.rejected_rows, 0) as rejected_rows
    from leas l
    cross join determination_years d
    left join per_lea p on p.cds = l.cds and p.determination_year = d.determination_year
    left join doubted x on x.cds = l.cds and x.determination_year = d.determination_year
)
select * replace (
    if(status = 'eligible', source_age_years, null) as source_age_years,
    status = 'eligible' and coalesce(source_is_old, false) as source_is_old
)
from decided
