"""Rows of an answer as CSV, JSON and Parquet, and as cells of a page.

All from the same Arrow table, so they hold the same values.
"""

import io
import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.release.csv_for_people import write_csv
from transforms.values import plain

HTML = "html"
MEDIA = {
    HTML: "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
DOWNLOADS = tuple(name for name in MEDIA if name != HTML)
NAMES = {"csv": "CSV", "json": "JSON", "parquet": "Parquet"}


def as_csv(table: pa.Table) -> bytes:
    """For spreadsheets: the same form as ``dta sql --format csv``."""
    stream = io.BytesIO()
    write_csv(table, stream)
    return stream.getvalue()


def as_parquet(table: pa.Table) -> bytes:
    """For programs: values and types as in the release."""
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def as_json(table: pa.Table, facts: Mapping[str, Any]) -> bytes:
    """Columns, rows as objects, and what is known about the answer."""
    document = {
        "columns": table.column_names,
        "rows": [{k: plain(v) for k, v in row.items()} for row in table.to_pylist(maps_as_pydicts="lossy")],
        **facts,
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=None).encode()


def is_number(kind: pa.DataType) -> bool:
    """True for columns that are set to the right."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))
