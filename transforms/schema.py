"""One truth about every published table: columns, types, keys and descriptions.

``columns.toml`` defines each column name once, so the same name means the same thing everywhere;
a table's own file, beside its SQL, says grain, key and which columns it has, in order.
"""

from functools import cache
from pathlib import Path

import pyarrow as pa
from pydantic import Field, model_validator

from transforms.errors import ConfigError
from transforms.sql import FOLDER
from transforms.toml_model import StrictModel, read_toml

ARROW = {
    "VARCHAR": pa.string(),
    "BOOLEAN": pa.bool_(),
    "TINYINT": pa.int8(),
    "SMALLINT": pa.int16(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "VARCHAR[]": pa.list_(pa.string()),
    "TINYINT[]": pa.list_(pa.int8()),
    "SMALLINT[]": pa.list_(pa.int16()),
}
DISCLAIMER = "Meets the published criteria or not; never an official designation."


class Column(StrictModel):
    """One column: DuckDB type, meaning, CDE's field name where it is CDE's, and allowed values where they are few."""

    type: str
    description: str
    cde_field: str = ""
    values: tuple[str, ...] = ()
    values_from: str = ""  # published table that lists the values in a column of the same name; a check compares them
    volatile: bool = False  # true: changes from night to night without a change in content

    @model_validator(mode="after")
    def _known_type(self) -> "Column":
        if self.type not in ARROW:
            raise ValueError(f"type {self.type} is not one of {', '.join(ARROW)}")
        return self


class ColumnBook(StrictModel):
    """All column definitions."""

    column: dict[str, Column]


class TableFile(StrictModel):
    """A table's own file."""

    description: str
    grain: str
    key: tuple[str, ...]
    required: tuple[str, ...] = ()
    columns: tuple[str, ...]
    may_be_empty: bool = False
    column: dict[str, Column] = Field(default_factory=dict)


class Table(StrictModel):
    """A published table with its columns resolved."""

    name: str
    stage: str
    description: str
    grain: str
    key: tuple[str, ...]
    required: tuple[str, ...]
    may_be_empty: bool
    columns: dict[str, Column]

    @property
    def is_meta(self) -> bool:
        """True for tables about the release itself."""
        return self.name.startswith("meta_")

    @property
    def content_columns(self) -> list[str]:
        """Columns whose values decide whether the content changed."""
        return [name for name, column in self.columns.items() if not column.volatile]

    @property
    def comment(self) -> str:
        """Comment of the table in the database."""
        return f"{self.description} Grain: {self.grain}. Key: {', '.join(self.key)}. {DISCLAIMER}"

    def arrow_schema(self) -> pa.Schema:
        """Explicit types of the Parquet file; key and required columns are not nullable."""
        fixed = {*self.key, *self.required}
        return pa.schema([pa.field(n, ARROW[c.type], nullable=n not in fixed, metadata={"description": c.description}) for n, c in self.columns.items()])


@cache
def published_tables() -> dict[str, Table]:
    """Every published table by name. Raises ConfigError when a table names an undefined column or key."""
    book = read_toml(FOLDER / "columns.toml", ColumnBook).column
    tables = [_table(path, book) for path in sorted(FOLDER.glob("*/*.toml"))]
    return {t.name: t for t in tables}


def _table(path: Path, book: dict[str, Column]) -> Table:
    spec = read_toml(path, TableFile)
    defined = book | spec.column
    unknown = [c for c in spec.columns if c not in defined] + [k for k in (*spec.key, *spec.required) if k not in spec.columns]
    if unknown:
        raise ConfigError(f"{path.parent.name}/{path.name}: columns without a definition: {', '.join(unknown)}")
    return Table(
        name=path.stem,
        stage=path.parent.name,
        description=spec.description,
        grain=spec.grain,
        key=spec.key,
        required=spec.required,
        may_be_empty=spec.may_be_empty,
        columns={c: defined[c] for c in spec.columns},
    )
