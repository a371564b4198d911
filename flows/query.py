"""``dta sql``: one query on the current release, written as a table, CSV, JSON lines or Parquet."""

import json
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console

from flows.show import result_table
from reports.published import open_release
from transforms.errors import DtaError
from transforms.spreadsheet import write_csv


class QueryError(DtaError):
    """The query could not be run (exit code 2)."""

    exit_code = 2


def run_query(out: Path, query: str, format: str, console: Console, shown_rows: int) -> None:
    """Run ``query`` read-only, without access to any other file, and write its rows. Raises QueryError."""
    with open_release(out) as connection:
        try:
            relation = connection.sql(query)
            table = relation.to_arrow_table() if relation is not None else None
        except duckdb.Error as error:
            raise QueryError(str(error)) from error
    if table is None:
        raise QueryError("Only queries that return rows can be run here.")
    if format == "table":
        rows = [tuple(r.values()) for r in table.slice(0, shown_rows).to_pylist()]
        console.print(result_table(table.column_names, rows, len(table)))
        return
    with pa.PythonFile(sys.stdout.buffer, mode="w") as stream:
        if format == "parquet":
            pq.write_table(table, stream, compression="zstd")
        elif format == "csv":
            write_csv(table, stream)
        else:
            for row in table.to_pylist():
                stream.write((json.dumps(row, default=str, ensure_ascii=False) + "\n").encode())
