"""Write the DuckDB file of a release: all tables with the constraints of their schema, and comments on tables and
columns.

Nearly all of its rows come from Dashboard files. If most of these files are the same as in the current release, its
DuckDB file is copied and only the rows that differ are replaced.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from transforms.dashboard.parts import PARTED, PARTS
from transforms.database import connect, connect_read_only, fetch_one, first_column, literal, parquet, quote
from transforms.errors import ReleaseError
from transforms.interrupt import stop_if_signaled
from transforms.release.current import DATABASE, parsed_manifest
from transforms.run import Run
from transforms.schema import Table, published_tables

# The oldest version of the file format that is written. DuckDB 1.4 and later can read it; the default of 2.0 opens only
# in 2.0.
STORAGE_VERSION = "v1.4.0"
MEMORY_LIMIT = "600MB"  # for the many rows; with 500 MB DuckDB writes this many columns on one thread
SMALL_MEMORY_LIMIT = "300MB"  # for the other tables, which are written in parallel with other work
KEY_ROWS = 60_000  # two keys of 80,000 rows are a third of the sample's file; the gates check every key anyway
# Fewer and fuller blocks than by default shrink the many rows by a tenth. The other tables are faster without them.
ROW_GROUP = {"row_group_size": 491_520}
# Each column of each table has its own block. Small blocks make the sample's file a third smaller. But DuckDB
# compresses columns only in blocks of its default size, and many rows take twice the space in other blocks.
FEW_ROWS, SMALL_BLOCK = 250_000, {"block_size": 16_384}
ONE_THREAD_ROWS = 1_000_000  # for the other tables: sharing fewer rows among threads costs more than it saves
# One in this many rows may have been replaced since the last full write. Beyond that, the gaps cost more than they
# save.
LARGEST_SHARE = 4


@dataclass(frozen=True)
class Part:
    """The rows of one Dashboard file."""

    path: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class Written:
    """What the manifest records about the DuckDB file, for the next release.

    ``replaced``: number of rows that were replaced since the last full write.
    """

    storage_version: str
    created_by: str  # the SQL statement, with its constraints
    parts: dict[str, str]
    replaced: int


def parts_of(connection: duckdb.DuckDBPyConnection) -> dict[str, Part]:
    """Return the run's parts of indicator_results by source."""
    rows = connection.execute(
        f"select source_id, path, sha256, rows from {PARTS} order by dashboard_year, indicator"
    ).fetchall()
    return {source_id: Part(*part) for source_id, *part in rows}


def write_rows(
    run: Run, parts: dict[str, Part], folder: Path, release_id: str, previous: Path | None
) -> dict[str, Any]:
    """Start the file with indicator_results; return what the manifest records about it.

    ``previous``: the previous release, if it is complete.
    """
    created_by = published_tables()[PARTED].create_statement(with_key=False)
    known = _known(previous, created_by)
    path = folder / DATABASE
    if previous is not None and known is not None:
        at_most = known.replaced + sum(p.rows for s, p in parts.items() if known.parts.get(s) != p.sha256)
        if at_most * LARGEST_SHARE <= sum(p.rows for p in parts.values()):
            try:
                replaced = known.replaced + _replace_rows(run, parts, known, previous / DATABASE, path, release_id)
                return asdict(Written(STORAGE_VERSION, created_by, {s: p.sha256 for s, p in parts.items()}, replaced))
            except (duckdb.Error, ReleaseError) as error:
                stop_if_signaled()
                run.notify(f"rewriting all rows, because replacing some of them failed: {error}", 0, None)
                path.unlink(missing_ok=True)
    few = sum(p.rows for p in parts.values()) < FEW_ROWS
    with _attached(run, path, MEMORY_LIMIT, ROW_GROUP | (SMALL_BLOCK if few else {})) as connection:
        connection.execute(created_by)
        _insert(connection, list(parts.values()), release_id)
    return asdict(Written(STORAGE_VERSION, created_by, {s: p.sha256 for s, p in parts.items()}, 0))


def _known(previous: Path | None, created_by: str) -> Written | None:
    remembered = parsed_manifest(previous).get("database") if previous else None
    try:
        known = Written(**remembered) if remembered else None
    except TypeError:  # from another version
        return None
    return known if known and (known.storage_version, known.created_by) == (STORAGE_VERSION, created_by) else None


def _replace_rows(run: Run, parts: dict[str, Part], known: Written, before: Path, path: Path, release_id: str) -> int:
    """Copy the previous file and leave exactly the rows of ``parts`` in it; return the number of rows written.

    Raises ReleaseError if a source has other rows than its part.
    """
    shutil.copyfile(before, path)
    fresh = {s: p for s, p in parts.items() if known.parts.get(s) != p.sha256}
    gone = [s for s in known.parts if s not in parts]
    with _attached(run, path, MEMORY_LIMIT, ROW_GROUP) as connection:
        for table in first_column(connection, "select table_name from duckdb_tables() where database_name = 'release'"):
            if table != PARTED:
                connection.execute(f"drop table {quote(table)}")
        connection.execute("checkpoint")  # frees their blocks for the new rows
        connection.execute(f"delete from {quote(PARTED)} where list_contains(?, source_id)", [gone])
        connection.execute(f"alter table {quote(PARTED)} drop column release_id")
        connection.execute(f"alter table {quote(PARTED)} add column release_id varchar default {literal(release_id)}")
        connection.execute(f"alter table {quote(PARTED)} alter column release_id drop default")
        connection.execute(f"alter table {quote(PARTED)} alter column release_id set not null")
        written = sum(_replace_differing(connection, source_id, p.path, release_id) for source_id, p in fresh.items())
        found = dict(
            connection.execute(f"select source_id, count(*) from {quote(PARTED)} group by source_id").fetchall()
        )
    if found != {s: p.rows for s, p in parts.items() if p.rows}:
        raise ReleaseError("a source has other rows than its typed part")
    return written


def _replace_differing(connection: duckdb.DuckDBPyConnection, source_id: str, part: str, release_id: str) -> int:
    """Replace the rows of a source that differ from its part; return the number of new rows."""
    table, key = quote(PARTED), ", ".join(map(quote, published_tables()[PARTED].key))
    columns = ", ".join(map(quote, published_tables()[PARTED].columns))
    present = f"select {columns} from {table} where source_id = $source_id"
    given, wanted = {"source_id": source_id}, f"select {columns} from {parquet(part)}"
    stale = f"select {key} from ({present} except {wanted})"
    connection.execute(f"delete from {table} where source_id = $source_id and ({key}) in ({stale})", given)
    missing = f"select *, {literal(release_id)} as release_id from ({wanted} except {present})"
    (written,) = fetch_one(connection, f"insert into {table} by name {missing}", given)
    return int(written)


def _insert(connection: duckdb.DuckDBPyConnection, parts: list[Part], release_id: str) -> None:
    if parts:
        rows = f"insert into {quote(PARTED)} by name select *, ? as release_id from {parquet([p.path for p in parts])}"
        connection.execute(rows, [release_id])


@contextmanager
def _attached(run: Run, path: Path, memory_limit: str, layout: dict[str, int]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the file as the default database of a new connection; all changes are in the file when it closes.

    ``layout``: sizes for new blocks and row groups, instead of DuckDB's own. An existing file keeps its blocks.
    """
    with connect(":memory:", memory_limit, run.folder / "spill") as connection:
        options = ", ".join([f"storage_version {literal(STORAGE_VERSION)}", *(f"{k} {v}" for k, v in layout.items())])
        connection.execute(f"attach {literal(str(path))} as release ({options})")
        connection.execute("use release")
        yield connection
        connection.execute("checkpoint")
        connection.execute("use memory")
        connection.execute("detach release")


def write_other_tables(run: Run, folder: Path, rows: Mapping[str, int], written: Callable[[str], Any]) -> None:
    """Add all other tables from their Parquet files, each as soon as its file is ``written``, and the comments.

    ``rows``: the number of rows of each table.
    """
    others = {name: n for name, n in rows.items() if name != PARTED}
    with _attached(run, folder / DATABASE, SMALL_MEMORY_LIMIT, {}) as connection:
        if sum(others.values()) < ONE_THREAD_ROWS:
            connection.execute("set threads = 1")
        connection.execute("begin")  # a single commit, because each commit waits for the disk
        for table in published_tables().values():
            name = quote(table.name)
            if table.name != PARTED:
                written(table.name)
                _add_table(connection, table, folder / f"{table.name}.parquet", with_key=rows[table.name] < KEY_ROWS)
            connection.execute(f"comment on table {name} is {literal(table.comment)}")
            for column, spec in table.columns.items():
                connection.execute(f"comment on column {name}.{quote(column)} is {literal(spec.description)}")
            if "release_id" not in table.columns:
                connection.execute(
                    f"comment on column {name}.release_id is {literal('Release that the row belongs to')}"
                )
        connection.execute("commit")


def _add_table(connection: duckdb.DuckDBPyConnection, table: Table, path: Path, with_key: bool) -> None:
    """Create one table and fill it.

    Raises ReleaseError for a row that breaks a constraint; the gates report such rows earlier.
    """
    connection.execute(table.create_statement(with_key))
    try:
        connection.execute(f"insert into {quote(table.name)} by name select * from {parquet(path)}")
    except duckdb.ConstraintException as error:
        raise ReleaseError(f"{table.name} has a row that its schema does not allow: not published. {error}") from error


def check_database(folder: Path, tables: list[dict[str, Any]]) -> None:
    """Reopen the written file and count its rows. Raises ReleaseError if a table lost rows."""
    with connect_read_only(folder / DATABASE) as connection:
        for table in tables:
            (rows,) = fetch_one(connection, f"select count(*) from {quote(table['name'])}")
            if rows != table["rows"]:
                raise ReleaseError(
                    f"{table['name']} has {table['rows']} rows in Parquet and {rows} in {DATABASE}: not published."
                )
