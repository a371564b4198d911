"""DuckDB connections with bounded memory, a spill folder of their own, and no way to load anything from a network."""

from pathlib import Path
from typing import Any

import duckdb

SAFE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


def connect(path: Path, memory_limit: str, spill: Path) -> duckdb.DuckDBPyConnection:
    """Open ``path`` for writing."""
    connection = duckdb.connect(str(path), config={**SAFE, "memory_limit": memory_limit, "temp_directory": str(spill)})
    connection.execute("set preserve_insertion_order = false")
    connection.execute("set enable_progress_bar = false")
    return connection


def connect_read_only(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a published database for reading, shut off from the file system and from settings changes."""
    connection = duckdb.connect(str(path), read_only=True, config={**SAFE, "memory_limit": "2GB"})
    connection.execute("set enable_progress_bar = false")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def quote(identifier: str) -> str:
    """An SQL identifier, quoted."""
    return '"' + identifier.replace('"', '""') + '"'


def one_row(connection: duckdb.DuckDBPyConnection, query: str, parameters: Any = None) -> tuple[Any, ...]:
    """The only row of a query. DuckDB 2 streams results, and one that is not drained blocks the connection."""
    (row,) = connection.execute(query, parameters).fetchall()
    return tuple(row)
