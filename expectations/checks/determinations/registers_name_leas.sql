-- class: unusual
-- table: leas
-- sentence: In the counties of the loaded files, a file names every LEA in the registers. Every repaid loan has its
--   event.
-- reason: If a name cannot be compared, nothing shows that the code is right.
-- The loaded files say nothing about other counties. dta register check names every LEA that was not compared.
select w.register, w.record, w.cds, w.file, w.line, w.column_name, w.reason
from register_warnings w
where w.column_name = 'status_at_latest_source' or w.cds[1:2] in (select distinct cds[1:2] from lea_names)
order by w.file, w.line
