"""The current release as the schema ``before``, so that checks can hold the candidate against it."""

from pathlib import Path

import duckdb

from transforms.database import parquet, quote
from transforms.release.publish import sound_release
from transforms.run import Run
from transforms.schema import Table, published_tables


def attach_previous(run: Run, connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``before.<table>`` for every published table; all are empty before the first release."""
    release = sound_release(run.settings.out)
    connection.execute("drop schema if exists before cascade")
    connection.execute("create schema before")
    for table in published_tables().values():
        connection.execute(f"create view before.{quote(table.name)} as {_view(connection, release, table)}")


def _view(connection: duckdb.DuckDBPyConnection, release: Path | None, table: Table) -> str:
    """The rows of a table in the release before, with the columns of today; one that it did not have is null."""
    path = release / f"{table.name}.parquet" if release else None
    if path is None or not path.exists():
        columns = ", ".join(f"null::{c.type} as {quote(n)}" for n, c in table.columns.items())
        return f"select {columns} where false"
    found = set(connection.sql(f"from {parquet(path)} limit 0").columns)
    columns = ", ".join(quote(n) if n in found else f"null::{c.type} as {quote(n)}" for n, c in table.columns.items())
    return f"select {columns} from {parquet(path)}"
