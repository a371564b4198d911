"""Put rows into the run's database as Arrow tables with explicit types."""

from collections.abc import Iterable
from typing import Any

import duckdb
import pyarrow as pa

from transforms.database import quote


def put(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """Store an Arrow table under ``name``."""
    connection.register("incoming", table)
    connection.execute(f"create or replace table {quote(name)} as select * from incoming")
    connection.unregister("incoming")


def as_table(rows: Iterable[dict[str, Any]], **columns: pa.DataType) -> pa.Table:
    """Arrow table of the named columns of ``rows``."""
    schema = pa.schema(list(columns.items()))
    return pa.Table.from_pylist([{k: row[k] for k in columns} for row in rows], schema)
