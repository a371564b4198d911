"""Rows of an answer as CSV, JSON and Parquet, and as cells of a page.

All from the same Arrow table, so they hold the same values.
"""

import io
import json
import math
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.release.csv_for_people import write_csv

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
    write_csv(_writable(table), stream)
    return stream.getvalue()


def as_parquet(table: pa.Table) -> bytes:
    """For programs: values and types as in the release."""
    stream = io.BytesIO()
    pq.write_table(_storable(table), stream, compression="zstd")
    return stream.getvalue()


def as_json(table: pa.Table, facts: Mapping[str, Any]) -> bytes:
    """Columns, rows as objects, and what is known about the answer."""
    document = {
        "columns": table.column_names,
        "rows": [{k: plain(v) for k, v in row.items()} for row in table.to_pylist()],
        **facts,
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=None).encode()


def plain(value: Any) -> Any:
    """A value as JSON has it; what is no number in JSON is null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    return value.hex() if isinstance(value, bytes) else str(value)


def shown(value: Any) -> str:
    """A value as a cell of a page."""
    if isinstance(value, list):
        return ", ".join(shown(v) for v in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    return json.dumps(plain(value), ensure_ascii=False) if isinstance(value, dict) else str(plain(value))


def is_number(kind: pa.DataType) -> bool:
    """True for columns that are set to the right."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    texts = [None if v is None else v if isinstance(v, str) else str(plain(v)) for v in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string())])


def _writable(table: pa.Table) -> pa.Table:
    """The table with what CSV has no writer for as text."""
    known = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_date, pa.types.is_timestamp)
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_nested)
    columns = [c if any(is_kind(c.type) for is_kind in (*known, *texts)) else _as_text(c) for c in table.columns]
    return pa.table(columns, names=table.column_names)


def _storable(table: pa.Table) -> pa.Table:
    """The table with what Parquet cannot hold, intervals and types of extensions, as text."""
    columns = [_as_text(c) if _is_odd(c.type) else c for c in table.columns]
    return pa.table(columns, names=table.column_names)


def _is_odd(kind: pa.DataType) -> bool:
    return bool(pa.types.is_interval(kind) or pa.types.is_union(kind) or isinstance(kind, pa.BaseExtensionType))
