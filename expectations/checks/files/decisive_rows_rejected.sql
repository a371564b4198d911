-- class: unusual
-- table: rejects
-- sentence: No rejected row can affect a verdict about a district or county office.
-- reason: What depends on a rejected row is not determined. A person can look up the row, and the file can be
--   corrected.
-- A row can affect a verdict if it is for a district or county office, or if its record type or CDS code cannot be
-- read, in a file that the rules use.
select r.source_id, r.file, r.line, r.column_name, r.value, r.reason
from rejects r
join source_files f using (source_id)
where (r.record_type is null or r.record_type <> 'S' or r.column_name in ('cds', 'rtype'))
    and (
        f.layout <> 'dashboard'
            or exists (
                select 1 from rule_conditions c where c.dashboard_year = f.dashboard_year and c.indicator = f.indicator
            )
    )
    and f.layout in ('dashboard', 'assistance', 'local_indicators', 'local_indicators_by_priority')
order by r.file, r.line
