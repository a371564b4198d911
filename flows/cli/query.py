"""``dta sql``: one query on the current release, written as a table, CSV, JSON lines or Parquet."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from rich.console import Console
from rich.markup import escape

from flows.cli.consoles import raw_output
from flows.cli.question import Parameters, QueryError
from flows.cli.rows import show_rows, write_rows
from reports.output import refuse_place, whole_file
from reports.published import open_release, resolve_names
from transforms.database import one_query
from transforms.values import exportable

if TYPE_CHECKING:
    import pyarrow as pa

ENDINGS = {".csv": "csv", ".json": "json", ".jsonl": "json", ".ndjson": "json", ".parquet": "parquet"}


def run_query(out: Path, query: str, format: str, console: Console, shown_rows: int, parameters: Parameters) -> None:
    """Run ``query`` read-only, without access to any other file, and print its rows.

    The parameter ``cds`` may be a name. Raises QueryError.
    """
    table = _rows(out, query, parameters)
    with _writable():
        if format == "table":
            rows = [tuple(row.values()) for row in table.slice(0, shown_rows).to_pylist(maps_as_pydicts="lossy")]
            show_rows(console, table.column_names, rows, len(table))
        else:
            with raw_output() as stream:
                write_rows(table, format, stream)


def write_query(
    out: Path, query: str, format: str, target: Path, force: bool, console: Console, parameters: Parameters
) -> None:
    """Run ``query`` and write its rows to a file, completely or not at all. The default format follows its extension.

    Raises QueryError or OutputError.
    """
    chosen = format if format != "table" else ENDINGS.get(target.suffix.lower())
    if chosen is None:
        raise QueryError(
            f"The format of {target.name} is unknown. End it in .csv, .json or .parquet, or give --format."
        )
    refuse_place(target, force)
    table = _rows(out, query, parameters)
    with _writable(), whole_file(target, force) as path, path.open("wb") as stream:
        write_rows(table, chosen, stream)
    console.print(f"{len(table):,} {'row' if len(table) == 1 else 'rows'} in {escape(str(target))}", soft_wrap=True)


@contextmanager
def _writable() -> Iterator[None]:
    """Raise QueryError if a value cannot be written, such as a day after the year 9999."""
    try:
        yield
    except (OverflowError, ValueError) as error:
        raise QueryError(f"A value of this answer cannot be written ({error}). Cast it to VARCHAR.") from error


def _rows(out: Path, query: str, parameters: Parameters) -> "pa.Table":
    with open_release(out) as connection:
        bound = resolve_names(connection, parameters)
        try:
            one_query(query)
            relation = connection.sql(query, params=bound or None)
            table = exportable(relation).to_arrow_table() if relation is not None else None
        except (duckdb.Error, ValueError) as error:
            raise QueryError(str(error)) from error
    if table is None:
        raise QueryError("Only queries that return rows can be run here.")
    return table
