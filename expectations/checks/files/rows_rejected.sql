-- class: unusual
-- table: rejects
-- sentence: No row was rejected.
-- reason: Rows that break the contract are counted and shown, never dropped.
select source_id, file, line, column_name, value, reason from rejects order by file, line
