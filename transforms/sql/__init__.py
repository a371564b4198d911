"""One table per file: the folder is the list of tables."""

from pathlib import Path

import duckdb

from transforms.database import one_row, quote

FOLDER = Path(__file__).resolve().parent


def build_table(connection: duckdb.DuckDBPyConnection, stage: str, table: str) -> int:
    """Create ``table`` from ``<stage>/<table>.sql`` and return its number of rows."""
    query = (FOLDER / stage / f"{table}.sql").read_text("utf-8")
    connection.execute(f"create or replace table {quote(table)} as\n{query}")
    return int(one_row(connection, f"select count(*) from {quote(table)}")[0])
