"""DuckDB connections with bounded memory, a spill folder of their own, and no way to load anything from a network."""

import os
import re
import tempfile
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from transforms.interrupt import watched

SAFE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",  # a table name in a query never means a Python variable
}


def connect(path: Path | str, memory_limit: str, spill: Path) -> duckdb.DuckDBPyConnection:
    """Open ``path`` for writing, or a database in memory.

    No statement waits for the disk: what a run works with is made anew, and ``publish`` flushes what it publishes.
    """
    config: dict[str, Any] = {**SAFE, "memory_limit": memory_limit, "temp_directory": str(spill), "fsync_mode": "NONE"}
    return prepared(duckdb.connect(str(path), config=config))


def prepared(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A connection for writing, with the settings of a run; a signal stops its queries."""
    watched(connection)
    connection.execute("set timezone = 'UTC'")
    connection.execute("set preserve_insertion_order = false")
    connection.execute("set enable_progress_bar = false")
    return connection


def connect_read_only(
    path: Path, memory_limit: str = "2GB", spill_limit: str | None = "20GB", threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """Open a published database for reading, shut off from other files and from settings changes.

    What does not fit into memory goes to a folder of its own, made when it is needed and removed with the connection:
    never into the release.
    Without a ``spill_limit`` nothing is written, and a query that needs more memory fails.
    """
    spill = Path(tempfile.gettempdir()) / f"dta-spill-{os.getpid()}-{uuid.uuid4().hex}" if spill_limit else ""
    config: dict[str, Any] = {**SAFE, "memory_limit": memory_limit, "temp_directory": str(spill)}
    if threads:
        config["threads"] = threads
    connection = watched(duckdb.connect(str(path), read_only=True, config=config))
    connection.execute("set timezone = 'UTC'")  # what a moment is shown in, whatever the zone of the machine
    connection.execute("set enable_progress_bar = false")
    if spill_limit:
        connection.execute(f"set max_temp_directory_size = {literal(spill_limit)}")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def quote(identifier: str) -> str:
    """An SQL identifier, quoted."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL text, quoted: for statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def this_path(path: Path | str) -> str:
    """A path for DuckDB's readers of files, which take brackets, stars and question marks for patterns: here they are
    letters of the name.
    """
    return re.sub(r"([\[*?])", r"[\1]", str(path))


def parquet(paths: Path | str | Iterable[Path | str], *options: str) -> str:
    """The rows of one Parquet file or several, as a relation in SQL.

    A path is not data: no column comes from a folder called ``year=2024``.
    """
    listed = [paths] if isinstance(paths, Path | str) else list(paths)
    files = ", ".join(literal(this_path(p)) for p in listed)
    return f"read_parquet([{files}], {', '.join(['hive_partitioning = false', *options])})"


def one_query(text: str) -> duckdb.Statement:
    """The only statement of a text that somebody typed; a semicolon or comments may follow it.

    Raises ValueError where there is none or several, duckdb.Error for bad syntax.
    """
    statements = duckdb.extract_statements(text)
    if not statements:
        raise ValueError("There is no query to run. Write one, such as: select * from leas")
    if len(statements) > 1:
        raise ValueError(f"These are {len(statements)} queries. Write one query; none was run.")
    return statements[0]


def first_column(connection: duckdb.DuckDBPyConnection, query: str, parameters: Any = None) -> list[Any]:
    """The first value of each row of a query."""
    return [row[0] for row in connection.execute(query, parameters).fetchall()]


def pairs(connection: duckdb.DuckDBPyConnection, query: str) -> dict[Any, Any]:
    """The second value of each row of a query by the first."""
    return dict(connection.execute(query).fetchall())


def records(connection: duckdb.DuckDBPyConnection, query: str, parameters: Any = None) -> list[dict[str, Any]]:
    """The rows of a query by the names of their columns."""
    cursor = connection.execute(query, parameters)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def one_row(connection: duckdb.DuckDBPyConnection, query: str, parameters: Any = None) -> tuple[Any, ...]:
    """The only row of a query. DuckDB 2 streams results, and one that is not drained blocks the connection."""
    (row,) = connection.execute(query, parameters).fetchall()
    return tuple(row)
