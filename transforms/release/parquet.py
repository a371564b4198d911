"""Write one published table as a Parquet file: sorted by its key, with explicit types and the release in every row."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from transforms.dashboard.parts import write_parts
from transforms.database import fetch_one, first_column, quote
from transforms.errors import ReleaseError
from transforms.interrupt import stop_if_signaled
from transforms.schema import Table
from transforms.tables import encodings

Entry = dict[str, Any]
SORTED_ROWS = 250_000  # at a time; sorting a million rows with their texts takes half a gigabyte


def write_parquet(connection: duckdb.DuckDBPyConnection, table: Table, folder: Path, release_id: str) -> Entry:
    """Write one table to ``folder``; return its manifest entry."""
    stop_if_signaled()
    schema = _schema(table, release_id)
    rows = 0
    with pq.ParquetWriter(_path(table, folder), schema, compression="zstd", **encodings(schema)) as writer:
        for batch in _by_key(connection, table):
            arrays = [batch.column(n).cast(schema.field(n).type) for n in table.columns]
            if "release_id" not in table.columns:
                arrays.append(pa.repeat(release_id, batch.num_rows))
            try:
                writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
            except pa.ArrowInvalid as error:  # the gates check this earlier, and name the row
                raise ReleaseError(
                    f"{table.name} has a row that its schema does not allow: not published. {error}"
                ) from error
            rows += batch.num_rows
    return _entry(table, rows)


def _by_key(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[pa.RecordBatch]:
    """Yield all rows in the order of the key, for a range of values of its first column at a time."""
    columns = ", ".join(f"{quote(n)}::{c.type} as {quote(n)}" for n, c in table.columns.items())
    name, first, key = quote(table.name), quote(table.key[0]), ", ".join(quote(k) for k in table.key)
    (rows,) = fetch_one(connection, f"select count(*) from {name}")
    parts = 1 + rows // SORTED_ROWS
    shares = [n / parts for n in range(1, parts)]
    quantiles = f"select distinct unnest(quantile_disc({first}, {shares})) as value from {name} order by value"
    ends = first_column(connection, quantiles) if shares else []
    tests = {"start": f"({first} < $start) is not true", "end": f"{first} < $end"}  # the last part includes nulls
    for start, end in pairwise([None, *ends, None]):
        bounds = {bound: value for bound, value in (("start", start), ("end", end)) if value is not None}
        within = " and ".join(tests[bound] for bound in bounds) or "true"
        query = f"select {columns} from {name} where {within} order by {key}"
        yield from connection.sql(query, params=bounds).to_arrow_reader(122_880)


def write_parted(table: Table, parts: Sequence[Path], folder: Path, release_id: str) -> Entry:
    """Write a table that consists of parts, each sorted by the rest of the key; return its manifest entry."""
    return _entry(table, write_parts(parts, _path(table, folder), _schema(table, release_id), release_id))


def _path(table: Table, folder: Path) -> Path:
    return folder / f"{table.name}.parquet"


def _schema(table: Table, release_id: str) -> pa.Schema:
    schema = table.arrow_schema()
    if "release_id" not in table.columns:
        schema = schema.append(pa.field("release_id", pa.string(), nullable=False))
    return schema.with_metadata({"release_id": release_id, "description": table.comment})


def _entry(table: Table, rows: int) -> Entry:
    return {
        "name": table.name,
        "file": f"{table.name}.parquet",
        "rows": rows,
        "grain": table.grain,
        "key": list(table.key),
    }
