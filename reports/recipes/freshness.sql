-- title: Freshness of sources
-- question: How old is each source, and which are missing?
select
    s.present,
    s.dashboard_year,
    s.title,
    s.file,
    s.first_seen,
    r.as_of - s.first_seen::date as days_old,
    s.checked_at,
    s.check_outcome,
    s.changes_expected
from meta_sources s cross join meta_release r
order by s.present, s.dashboard_year desc, s.file
