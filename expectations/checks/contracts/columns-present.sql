-- class: impossible
-- table: meta_columns
-- sentence: Every published column exists.
-- reason: Readers address columns by name.
-- A missing table lacks every column.
select m.table_name, m.column_name
from meta_columns m
anti join (select * from duckdb_columns() where schema_name = 'main' and database_name = current_database()) c
    on c.table_name = m.table_name and c.column_name = m.column_name
order by all
