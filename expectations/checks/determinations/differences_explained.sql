-- class: impossible
-- table: reconciliation
-- sentence: Every difference from CDE is explained, and an accepted one says why and until when.
-- reason: A difference that nobody can explain is a doubt in every other row.
select cds, lea_name, dashboard_year, flag, class, explanation, accepted, accepted_reason, accepted_until
from reconciliation
where coalesce(trim(explanation), '') = '' or (accepted and (accepted_reason is null or accepted_until is null))
order by cds, dashboard_year, flag
