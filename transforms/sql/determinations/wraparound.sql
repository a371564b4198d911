-- Grain: LEA x determination year (EC 52074(g)(2)(A)).
-- Key: cds, determination_year.
-- Inputs: leas, determination_years, loan_states.
-- Oddities: districts only; a county office is not applicable. One open loan decides, whatever the others are.
with per_lea as (
    select
        cds, determination_year,
        count(*) filter (loan_state in ('outstanding', 'confirmed')) as open_loans,
        count(*) filter (loan_state in ('receipt_not_dated', 'repaid_before_law', 'of_predecessor', 'repaid_or_released')) as doubtful_loans,
        list(loan_id order by loan_id) filter (loan_state <> 'not_received') as loan_ids
    from loan_states
    group by all
)
select
    l.cds, d.determination_year, d.as_of,
    case
        when l.lea_type <> 'district' then 'not_applicable'
        when p.open_loans > 0 then 'eligible'
        when p.doubtful_loans > 0 then 'undetermined'
        else 'not_eligible'
    end as status,
    coalesce(p.loan_ids, []) as loan_ids
from leas l
cross join determination_years d
left join per_lea p on p.cds = l.cds and p.determination_year = d.determination_year
