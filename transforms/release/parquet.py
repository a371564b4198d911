"""One published table as a Parquet file: sorted by its key, with explicit types and the release in every row."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from transforms.dashboard.parts import write_parts
from transforms.database import quote
from transforms.errors import ReleaseError
from transforms.schema import Table
from transforms.tables import encodings

Entry = dict[str, Any]


def write_parquet(connection: duckdb.DuckDBPyConnection, table: Table, folder: Path, release_id: str) -> Entry:
    """Write one table below ``folder``; return its manifest entry."""
    columns = ", ".join(f"{quote(n)}::{c.type} as {quote(n)}" for n, c in table.columns.items())
    key = ", ".join(quote(k) for k in table.key)
    schema = _schema(table, release_id)
    rows = 0
    batches = connection.sql(f"select {columns} from {quote(table.name)} order by {key}").to_arrow_reader(122_880)
    with pq.ParquetWriter(_path(table, folder), schema, compression="zstd", **encodings(schema)) as writer:
        for batch in batches:
            arrays = [batch.column(n).cast(schema.field(n).type) for n in table.columns]
            if "release_id" not in table.columns:
                arrays.append(pa.repeat(release_id, batch.num_rows))
            try:
                writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
            except pa.ArrowInvalid as error:  # the gates look before, and name the row
                raise ReleaseError(
                    f"{table.name} has a row that its schema does not allow: not published. {error}"
                ) from error
            rows += batch.num_rows
    return _entry(table, rows)


def write_parted(table: Table, parts: Sequence[Path], folder: Path, release_id: str) -> Entry:
    """The same for the table that is in parts, each sorted by the rest of the key."""
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
