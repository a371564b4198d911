"""One published table as a Parquet file: sorted by its key, with explicit types and the release in every row."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from transforms.dashboard.parts import PARTED, write_parts
from transforms.database import quote
from transforms.schema import Table


def write_parquet(connection: duckdb.DuckDBPyConnection, table: Table, folder: Path, release_id: str) -> dict[str, Any]:
    """Write one table below ``folder``; return its manifest entry."""
    columns = ", ".join(f"{quote(n)}::{c.type} as {quote(n)}" for n, c in table.columns.items())
    key = ", ".join(quote(k) for k in table.key)
    has_release = "release_id" in table.columns
    schema = table.arrow_schema()
    if not has_release:
        schema = schema.append(pa.field("release_id", pa.string(), nullable=False))
    schema = schema.with_metadata({"release_id": release_id, "description": table.comment})
    path = folder / f"{table.name}.parquet"
    entry = {"name": table.name, "file": path.name, "rows": 0, "grain": table.grain, "key": list(table.key)}
    if table.name == PARTED:
        return entry | {"rows": write_parts(connection, path, schema, release_id)}
    batches = connection.sql(f"select {columns} from {quote(table.name)} order by {key}").to_arrow_reader(122_880)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches:
            arrays = [batch.column(n).cast(schema.field(n).type) for n in table.columns]
            if not has_release:
                arrays.append(pa.repeat(release_id, batch.num_rows))
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
            entry["rows"] += batch.num_rows
    return entry
