-- severity: warning
-- table: rejects
-- sentence: No row of a source file was rejected.
-- reason: Rows that break the contract are counted and shown, never dropped.
select file, line, column_name, value, reason from rejects where source_id not like 'registers/%' order by file, line
