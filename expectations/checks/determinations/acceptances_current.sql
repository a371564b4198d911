-- class: unusual
-- table: reconciliation
-- sentence: Every accepted difference from CDE still occurs as it was accepted, and its acceptance has not expired.
-- reason: An acceptance covers the difference as it was, until its last day. Remove the row from
--   registers/accepted_differences.csv, or review the difference again.
select
    a.cds,
    a.dashboard_year,
    a.flag,
    r.class,
    r.ours,
    r.cde,
    a.expires_on,
    case
        when a.expires_on < (select as_of from run_parameters) then 'expired'
        when r.class in ('agree', 'not_comparable') then 'no longer occurs'
        else 'differs in another way now'
    end as problem
from accepted_differences a
join reconciliation r using (cds, dashboard_year, flag)
where a.expires_on < (select as_of from run_parameters)
    or r.class in ('agree', 'not_comparable')
    or coalesce(r.ours, '') <> a.ours or coalesce(r.cde, '') <> a.cde
