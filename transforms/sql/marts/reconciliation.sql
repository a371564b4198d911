-- Grain: LEA x Dashboard year x flag that CDE publishes and this pipeline decides.
-- Key: cds, dashboard_year, flag.
-- Inputs: group_flags_compared, verdict_flags_compared, low_performing_compared, leas, accepted_differences,
--         run_parameters, reconciliation_words.
-- Oddities: an acceptance covers a difference as it was when accepted, until the last day of the acceptance.
with compared as (
    select * from group_flags_compared
    union all by name
    select * from verdict_flags_compared
    union all by name
    select *, note_input_missing() as because from low_performing_compared
),
classed as (
    select
        * exclude (ours),
        if(unknown, null, ours) as ours,
        case
            when unknown then 'not_comparable'
            when agrees_with_cde or ours = cde then 'agree'
            when cde in ('-', 'N', 'General Assistance') then 'only_ours'
            when ours in ('-', 'N', 'General Assistance') then 'only_cde'
            else 'differs'
        end as class
    from compared
)
select
    c.cds,
    l.lea_name,
    c.dashboard_year,
    c.flag,
    c.ours,
    c.cde,
    c.class,
    w.words || if(c.class = 'not_comparable' and c.because is not null, ' (' || c.because || ')', '') || '.'
        as explanation,
    a.cds is not null as accepted,
    a.reason as accepted_reason,
    a.expires_on as accepted_until
from classed c
join leas l using (cds)
left join reconciliation_words w using (kind, class)
left join accepted_differences a
    on a.cds = c.cds and a.dashboard_year = c.dashboard_year and a.flag = c.flag
    and a.ours = coalesce(c.ours, '') and a.cde = coalesce(c.cde, '')
    and a.expires_on >= (select as_of from run_parameters)
    and c.class not in ('agree', 'not_comparable')
