"""The types of the columns that a table has in the run, held against those that it will be published with."""

import re

import duckdb
import pyarrow as pa

from expectations.targets import Target
from transforms.database import quote
from transforms.schema import Table
from transforms.tables import as_table, put

FAMILIES = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"), "whole number"),
    **dict.fromkeys(("FLOAT", "DOUBLE"), "number"),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"), "moment"),
}
UNTYPED = '"NULL"'  # a column without any value


def family(type_name: str) -> str:
    """What kind of values a DuckDB type holds: a whole number may be stored narrower or wider than it is published."""
    if type_name.endswith("[]"):
        return f"list of {family(type_name.removesuffix('[]'))}"
    name = re.sub(r"\(.*\)$", "", type_name)
    return "number" if name == "DECIMAL" else FAMILIES.get(name, name.lower())


def types_target(connection: duckdb.DuckDBPyConnection, tables: list[Table]) -> Target:
    """One row per published column with the kinds of values it has and should have; a column that is missing has none."""
    rows = []
    for table in tables:
        found = dict(connection.sql(f"select column_name, column_type from (describe {quote(table.name)})").fetchall())
        for name, column in table.columns.items():
            declared = family(column.type)
            here = found.get(name)
            untyped = here is not None and UNTYPED in here
            rows.append({"table_name": table.name, "column_name": name, "found": declared if untyped else here and family(here), "declared": declared})
    put(connection, "column_types", as_table(rows, **dict.fromkeys(("table_name", "column_name", "found", "declared"), pa.string())))
    return Target("column_types", "contracts", "column_types", ("table_name", "column_name"), ("table_name", "column_name", "found", "declared"), len(rows))
