"""``dta sql``: one query on the current release, written as a table, CSV, JSON lines or Parquet."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.cli.consoles import json_line, raw_output
from flows.cli.tables import show_rows
from reports.output import refuse_to_overwrite, whole_file
from reports.published import open_release, resolve_names
from reports.recipe_book import Parameter, find_recipe, recipes
from transforms.errors import DtaError
from transforms.release.csv_for_people import WRITERS

Parameters = dict[str, str | None]


class QueryError(DtaError):
    """The query could not be run (exit code 2)."""

    exit_code = 2


def asked_query(query: str | None, recipe: str | None, given: Sequence[str]) -> tuple[str, Parameters]:
    """The query to run and its parameters: as typed, or those of a recipe.

    Raises QueryError when it is not one or the other.
    """
    if (query is None) is (recipe is None):
        raise QueryError("Give a query, or --recipe with the name of a question; dta sql --recipes lists them.")
    pairs = [pair.partition("=") for pair in given]
    if wrong := [name for name, equals, _ in pairs if not equals]:
        raise QueryError(f"--param {wrong[0]} is not of the form name=value.")
    if recipe is None:
        if pairs:
            raise QueryError("--param goes with --recipe.")
        return query or "", {}
    found = find_recipe(recipe)
    return found.sql, found.bound({name: value for name, _, value in pairs})


def list_recipes(console: Console) -> None:
    """Every question that is kept, with its parameters."""
    table = Table(caption="dta sql --recipe NAME --param name=value")
    table.add_column("Recipe", no_wrap=True)
    table.add_column("Question", overflow="fold")
    table.add_column("Parameters", overflow="fold")
    for recipe in recipes().values():
        table.add_row(recipe.name, escape(recipe.question), escape("\n".join(map(_said, recipe.parameters))))
    console.print(table)


def _said(p: Parameter) -> str:
    given = f" ({'required, such as ' if p.is_required else ''}{p.value})" if p.value else ""
    return f"{p.name}: {p.meaning}{given}"


ENDINGS = {".csv": "csv", ".json": "json", ".jsonl": "json", ".ndjson": "json", ".parquet": "parquet"}


def run_query(
    out: Path, query: str, format: str, console: Console, shown_rows: int, parameters: Parameters | None = None
) -> None:
    """Run ``query`` read-only, without access to any other file, and write its rows.

    A parameter ``cds`` may be a name. Raises QueryError.
    """
    table = _rows(out, query, parameters)
    if format == "table":
        # Two columns may have one name.
        rows = [tuple(column[n].as_py() for column in table.columns) for n in range(min(shown_rows, len(table)))]
        show_rows(console, table.column_names, rows, len(table))
        return
    with raw_output() as stream:
        _write(table, format, stream)


def write_query(
    out: Path,
    query: str,
    format: str,
    target: Path,
    force: bool,
    console: Console,
    parameters: Parameters | None = None,
) -> None:
    """The same into a file, whole or not at all, in the format that its ending names if none is given.

    Raises QueryError or OutputError.
    """
    chosen = format if format != "table" else ENDINGS.get(target.suffix.lower())
    if chosen is None:
        raise QueryError(f"How to write {target.name}? Let it end in .csv, .json or .parquet, or give --format.")
    refuse_to_overwrite(target, force)
    table = _rows(out, query, parameters)
    with whole_file(target, force) as path, path.open("wb") as stream:
        _write(table, chosen, stream)
    console.print(f"{len(table):,} {'row' if len(table) == 1 else 'rows'} in {escape(str(target))}", soft_wrap=True)


def _rows(out: Path, query: str, parameters: Parameters | None) -> pa.Table:
    with open_release(out) as connection:
        bound = resolve_names(connection, parameters or {})
        try:
            relation = connection.sql(query, params=bound) if bound else connection.sql(query)
            table = relation.to_arrow_table() if relation is not None else None
        except duckdb.Error as error:
            raise QueryError(str(error)) from error
    if table is None:
        raise QueryError("Only queries that return rows can be run here.")
    return table


def _write(table: pa.Table, format: str, stream: Any) -> None:
    """Rows as CSV, JSON lines or Parquet."""
    if format == "json":
        stream.writelines(map(json_line, table.to_pylist()))
        return
    with pa.PythonFile(stream, mode="w") as file:
        if format == "parquet":
            pq.write_table(table, file, compression="zstd")
        else:
            WRITERS[format](table, file)
