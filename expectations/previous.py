"""Compare a candidate with the current release.

The schema ``before`` contains the tables of the current release. A fault in a source file only warns if the current
release was published with the same file, read to the same values.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from expectations.results import GateResult
from transforms.database import fetch_one, literal, parquet, quote
from transforms.release.digests import rows_digest
from transforms.schema import Table, published_tables


def attach_previous(connection: duckdb.DuckDBPyConnection, release: Path | None) -> None:
    """Create ``before.<table>`` for every published table of an intact release. Without a release, all are empty."""
    connection.execute("drop schema if exists before cascade")
    connection.execute("create schema before")
    for table in published_tables().values():
        connection.execute(f"create view before.{quote(table.name)} as {_view(release, table)}")


def _view(release: Path | None, table: Table) -> str:
    """Return a query for a table of the release before, with today's columns. Columns that it did not have are null."""
    path = release / f"{table.name}.parquet" if release else None
    if path is None or not path.exists():
        columns = ", ".join(f"null::{c.type} as {quote(n)}" for n, c in table.columns.items())
        return f"select {columns} where false"
    found = set(pq.read_schema(path).names)
    columns = ", ".join(quote(n) if n in found else f"null::{c.type} as {quote(n)}" for n, c in table.columns.items())
    return f"select {columns} from {parquet(path)}"


def downgrade_published_failures(
    connection: duckdb.DuckDBPyConnection, release: Path | None, results: Iterable[GateResult]
) -> list[GateResult]:
    """Return the results. A failure of class fault becomes a warning if it names only files that were in the release
    before and were read to the same values.

    A check that compares files names all of them, so a new file with an old one still stops the release.
    """
    if release is None:
        return list(results)
    before = _PreviousRelease(connection, release)
    return [
        (
            _as_warning(r, release)
            if r.stops_release and r.can_be_accepted and r.sources and all(map(before.is_same, r.sources))
            else r
        )
        for r in results
    ]


def _as_warning(result: GateResult, release: Path) -> GateResult:
    files = "file is" if len(result.sources) == 1 else "files are"
    return replace(
        result,
        severity="warning",
        note=f"The {files} unchanged since release {release.name}, which was published with the same data.",
    )


class _PreviousRelease:
    def __init__(self, connection: duckdb.DuckDBPyConnection, release: Path) -> None:
        self.connection, self.release = connection, release
        self.known: dict[str, bool] = {}

    @cached_property
    def tables(self) -> dict[str, list[str]]:
        """Tables of typed source rows in both releases, with the columns that both have."""
        found = {}
        for table in published_tables().values():
            path = self._path(table.name)
            if table.stage == "core" and "source_id" in table.columns and path.exists():
                found[table.name] = [n for n in pq.read_schema(path).names if n in table.columns]
        return found

    def is_same(self, source_id: str) -> bool:
        """Return True if the file has the same bytes and the same typed rows as in the release before."""
        if source_id not in self.known:
            self.known[source_id] = self._has_same_bytes(source_id) and all(
                self._has_same_rows(t, c, source_id) for t, c in self.tables.items()
            )
        return self.known[source_id]

    def _has_same_bytes(self, source_id: str) -> bool:
        query = (
            "select count(*) from meta_sources n join before.meta_sources b on b.source_id = n.source_id and b.sha256 ="
            " n.sha256 and b.rows_in = n.rows_in and b.rows_kept = n.rows_kept where n.source_id = ?"
        )
        return fetch_one(self.connection, query, [source_id]) == (1,)

    def _has_same_rows(self, table: str, columns: list[str], source_id: str) -> bool:
        where = f"where source_id = {literal(source_id)}"
        now = rows_digest(self.connection, f"(from {quote(table)} {where})", columns)
        return now == rows_digest(self.connection, f"(from {parquet(self._path(table))} {where})", columns)

    def _path(self, table: str) -> Path:
        return self.release / f"{table}.parquet"
