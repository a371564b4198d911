"""Put rows into the run's database as Arrow tables with explicit types."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal, get_args, get_origin

import duckdb
import pyarrow as pa
from pydantic import BaseModel

from transforms.database import quote

LINES = ("line", "source_line")  # line numbers differ in every row, and most are one more than the line before


def put(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """Store an Arrow table under ``name``."""
    connection.register("incoming", table)
    connection.execute(f"create or replace table {quote(name)} as select * from incoming")
    connection.unregister("incoming")


def as_table(rows: Iterable[dict[str, Any]], **columns: pa.DataType) -> pa.Table:
    """Return an Arrow table of the named columns of ``rows``."""
    schema = pa.schema(list(columns.items()))
    return pa.Table.from_pylist([{k: row[k] for k in columns} for row in rows], schema)


def texts(*names: str) -> dict[str, pa.DataType]:
    """Return text columns with these names."""
    return dict.fromkeys(names, pa.string())


def encodings(schema: pa.Schema) -> dict[str, Any]:
    """Return how a Parquet file encodes each column: by distinct values, but line numbers by their differences."""
    coded = [f"{f.name}.list.element" if pa.types.is_list(f.type) else f.name for f in schema if f.name not in LINES]
    return {
        "use_dictionary": coded,
        "column_encoding": {name: "DELTA_BINARY_PACKED" for name in schema.names if name in LINES},
    }


def arrow_columns(model: type[BaseModel], integer: pa.DataType) -> dict[str, pa.DataType]:
    """Return the Arrow types of a model's fields, without those that contain other models."""
    types = {name: _arrow_type(field.annotation, integer) for name, field in model.model_fields.items()}
    return {name: found for name, found in types.items() if found is not None}


def _arrow_type(annotation: Any, integer: pa.DataType) -> pa.DataType | None:
    """Return text unless the annotation says otherwise, and None for a model or a list of models."""
    origin, inner = get_origin(annotation), [a for a in get_args(annotation) if a not in (type(None), ...)]
    if origin is Annotated:
        return _arrow_type(inner[0], integer)
    if origin is tuple:
        of_list = _arrow_type(inner[0], integer)
        return of_list and pa.list_(of_list)
    if origin is not None and origin is not Literal:  # a value or None
        return _arrow_type(inner[0], integer)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return None
    return {int: integer, date: pa.date32()}.get(annotation, pa.string())
