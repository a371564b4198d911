-- class: unusual
-- table: leas
-- sentence: In the counties of the loaded files every LEA of the registers is named by one; a repaid loan has its
--   event.
-- reason: A name that cannot be compared does not show that the code is right.
-- Of other counties nothing can be expected of the files; dta register check names every LEA that was not compared.
select w.register, w.record, w.cds, w.file, w.line, w.column_name, w.reason
from register_warnings w
where w.column_name = 'status_at_latest_source' or w.cds[1:2] in (select distinct cds[1:2] from lea_names)
order by w.file, w.line
