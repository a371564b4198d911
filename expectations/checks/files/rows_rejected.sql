-- class: unusual
-- table: rejects
-- sentence: No row was kept aside.
-- reason: Rows that break the contract are counted and shown, never dropped.
select file, line, column_name, value, reason from rejects order by file, line
