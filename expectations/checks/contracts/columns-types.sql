-- class: impossible
-- table: meta_columns
-- sentence: Every column has the type that its schema defines.
-- reason: A code that became a number has lost its leading zeros.
-- A whole number may be narrower or wider than its published type, and a column without any value has no type ("NULL").
with kinds as (
    select
        m.table_name,
        m.column_name,
        [
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        regexp_replace(t, '\(.*?\)', '', 'g'), '^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)',
                        'whole number'
                    ),
                    '^(FLOAT|DOUBLE|DECIMAL)', 'number'
                ),
                '^TIMESTAMP_(S|MS|NS)', 'TIMESTAMP'
            )
            for t in [c.data_type, m.type]
        ] as kind
    from meta_columns m
    join duckdb_columns() c on c.table_name = m.table_name and c.column_name = m.column_name
    where c.schema_name = 'main' and c.database_name = current_database() and not contains(c.data_type, '"NULL"')
)

select table_name, column_name, kind[1] as found, kind[2] as declared
from kinds
where kind[1] <> kind[2]
order by all
