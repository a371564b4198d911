-- class: unusual
-- table: rejects
-- sentence: No row of a source file was rejected.
-- reason: Rows that break the contract are counted and shown, never dropped.
select source_id, file, line, column_name, value, reason
from rejects where source_id not like 'registers/%' order by file, line
