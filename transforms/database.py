"""DuckDB connections with bounded memory, a separate spill folder, and no way to load anything from a network."""

import os
import re
import tempfile
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from transforms.interrupt import interruptible

SAFE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",  # a table name in a query never means a Python variable
}


def connect(path: Path | str, memory_limit: str, spill: Path) -> duckdb.DuckDBPyConnection:
    """Open ``path`` for writing, or a database in memory.

    No statement waits for the disk: a run can rebuild its working tables, and ``publish`` flushes what it publishes.
    """
    config: dict[str, Any] = {**SAFE, "memory_limit": memory_limit, "temp_directory": str(spill), "fsync_mode": "NONE"}
    return prepared(duckdb.connect(str(path), config=config))


def prepared(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Prepare a connection for writing, with the settings of a run. A signal stops its queries."""
    interruptible(connection)
    connection.execute("set timezone = 'UTC'")
    connection.execute("set preserve_insertion_order = false")
    connection.execute("set enable_progress_bar = false")
    return connection


def connect_read_only(
    path: Path, memory_limit: str = "2GB", spill_limit: str | None = "20GB", threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """Open a published database for reading, without access to other files or to settings.

    Data that does not fit into memory goes to a separate temporary folder, which is created when needed and removed
    with the connection; it never goes into the release. Without a ``spill_limit`` nothing is written, and a query that
    needs more memory fails.
    """
    spill = Path(tempfile.gettempdir()) / f"dta-spill-{os.getpid()}-{uuid.uuid4().hex}" if spill_limit else ""
    config: dict[str, Any] = {**SAFE, "memory_limit": memory_limit, "temp_directory": str(spill)}
    if threads:
        config["threads"] = threads
    connection = interruptible(duckdb.connect(str(path), read_only=True, config=config))
    connection.execute("set timezone = 'UTC'")  # moments are shown in UTC, whatever the machine's time zone
    connection.execute("set enable_progress_bar = false")
    if spill_limit:
        connection.execute(f"set max_temp_directory_size = {literal(spill_limit)}")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def quote(identifier: str) -> str:
    """Return a quoted SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def row_hashes(columns: Iterable[str]) -> str:
    """Return SQL for rows in any order: their number, and the sum and exclusive or of their hashes.

    Each row's hash is hashed once more, because DuckDB combines the hashes of columns by exclusive or, so that swapped
    values could cancel out.
    """
    row = f"hash(hash({', '.join(map(quote, columns))}))"
    return f"count(*), coalesce(sum({row}), 0), coalesce(bit_xor({row}), 0)"


def literal(text: str) -> str:
    """Return a quoted SQL string, for statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def this_path(path: Path | str) -> str:
    """Return a path for DuckDB's file readers, with brackets, stars and question marks escaped.

    The readers would take these characters as patterns.
    """
    return re.sub(r"([\[*?])", r"[\1]", str(path))


def parquet(paths: Path | str | Iterable[Path | str], *options: str) -> str:
    """Return an SQL relation with the rows of one or more Parquet files.

    A path is not data: a folder named ``year=2024`` adds no column.
    """
    listed = [paths] if isinstance(paths, Path | str) else list(paths)
    files = ", ".join(literal(this_path(p)) for p in listed)
    return f"read_parquet([{files}], {', '.join(['hive_partitioning = false', *options])})"


def one_query(text: str) -> duckdb.Statement:
    """Return the only statement of a text that a person typed; a semicolon or comments may follow it.

    Raises ValueError if there is no statement or more than one, duckdb.Error for bad syntax.
    """
    statements = duckdb.extract_statements(text)
    if not statements:
        raise ValueError("There is no query to run. Write one, such as: select * from leas")
    if len(statements) > 1:
        raise ValueError(f"These are {len(statements)} queries. Write one query; none was run.")
    return statements[0]


def first_column(connection: duckdb.DuckDBPyConnection, query: str, parameters: Any = None) -> list[Any]:
    """Return the first value of each row of a query."""
    return [row[0] for row in connection.execute(query, parameters).fetchall()]


def pairs(connection: duckdb.DuckDBPyConnection, query: str) -> dict[Any, Any]:
    """Return the second value of each row of a query, keyed by the first."""
    return dict(connection.execute(query).fetchall())


def records(connection: duckdb.DuckDBPyConnection, query: str, parameters: Any = None) -> list[dict[str, Any]]:
    """Return the rows of a query as dicts, keyed by column name."""
    cursor = connection.execute(query, parameters)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def fetch_one(connection: duckdb.DuckDBPyConnection, query: str, parameters: Any = None) -> tuple[Any, ...]:
    """Return the only row of a query. DuckDB 2 streams results, and an undrained one blocks the connection."""
    (row,) = connection.execute(query, parameters).fetchall()
    return tuple(row)
