-- class: impossible
-- table: reconciliation
-- sentence: Every difference from CDE has an explanation, and every accepted difference has a reason and a last day.
-- reason: A difference that nobody can explain casts doubt on every other row.
select cds, lea_name, dashboard_year, flag, class, explanation, accepted, accepted_reason, accepted_until
from reconciliation
where coalesce(trim(explanation), '') = '' or (accepted and (accepted_reason is null or accepted_until is null))
order by cds, dashboard_year, flag
