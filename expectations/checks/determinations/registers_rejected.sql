-- severity: warning
-- class: unusual
-- table: rejects
-- sentence: No row of a register is rejected.
-- reason: A rejected row is not used. The LEAs that it may be about are not determined for its pathway until the row is
--   corrected.
select
    r.register,
    r.record,
    r.file,
    r.line,
    r.column_name,
    r.value,
    r.reason,
    string_agg(distinct d.cds, ', ' order by d.cds) as leas_not_determined
from register_rejects r
left join register_doubts d using (register, line)
group by all
order by r.file, r.line, r.column_name
