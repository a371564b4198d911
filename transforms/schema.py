"""The single definition of every published table: columns, types, keys, descriptions, and constraints on values.

``columns.toml`` defines each column name once, so that a name means the same thing everywhere, and the rules that apply
to columns by name. A table's own file, next to its SQL, defines grain, key and the columns in order. The published
DuckDB file has all of it as constraints.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa
from pydantic import Field, model_validator

from transforms.config.toml_model import StrictModel, read_toml
from transforms.database import literal, quote
from transforms.errors import ConfigError
from transforms.sql import FOLDER

ARROW = {
    "VARCHAR": pa.string(),
    "BOOLEAN": pa.bool_(),
    "TINYINT": pa.int8(),
    "SMALLINT": pa.int16(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", tz="UTC"),
    "VARCHAR[]": pa.list_(pa.string()),
    "TINYINT[]": pa.list_(pa.int8()),
    "SMALLINT[]": pa.list_(pa.int16()),
}


class Column(StrictModel):
    """One column: DuckDB type, meaning, CDE's field name if CDE has one, and allowed values if they are few."""

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


class ColumnRule(StrictModel):
    """A rule for every value of the named columns, in every table: a pattern, a range, or a list of values."""

    columns: tuple[str, ...]
    pattern: str = ""
    low: int | None = None
    high: int | None = None
    values: tuple[str, ...] = ()
    sentence: str
    reason: str

    @property
    def kind(self) -> str:
        """The last part of the ids of its checks."""
        return "form" if self.pattern else "code" if self.values else "range"

    def condition(self, column: str) -> str:
        """Return an SQL condition that is true for a value that satisfies the rule, and null for null."""
        name = quote(column)
        if self.pattern:
            return f"regexp_matches({name}, {literal(self.pattern)})"
        if self.values:
            return f"{name} in ({', '.join(map(literal, self.values))})"
        bounds = [
            f"{name} {sign} {bound}" for sign, bound in ((">=", self.low), ("<=", self.high)) if bound is not None
        ]
        return " and ".join(bounds)


class ColumnBook(StrictModel):
    """All column definitions, and the rules that apply to columns by name."""

    column: dict[str, Column]
    rule: tuple[ColumnRule, ...]


@dataclass(frozen=True)
class Constraint:
    """A condition that every row satisfies. ``enforced``: a constraint of the published table; else it only warns."""

    check_id: str
    column: str
    condition: str
    sentence: str
    reason: str
    enforced: bool


class TableFile(StrictModel):
    """A table's own file."""

    description: str
    grain: str
    key: tuple[str, ...]
    required: tuple[str, ...] = ()
    columns: tuple[str, ...]
    may_be_empty: bool = False
    as_served: tuple[str, ...] = ()  # columns that show what a file contains, right or wrong: no rule by name applies
    only_warns: tuple[str, ...] = ()  # columns that no verdict depends on: no rule about their values is enforced
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
    only_warns: tuple[str, ...]
    columns: dict[str, Column]
    rules: dict[str, ColumnRule]

    @property
    def is_meta(self) -> bool:
        """True for tables about the release itself."""
        return self.name.startswith("meta_")

    @property
    def content_columns(self) -> list[str]:
        """The columns whose values decide whether the content changed."""
        return [name for name, column in self.columns.items() if not column.volatile]

    @property
    def comment(self) -> str:
        """The comment of the table in the database."""
        return f"{self.description} Grain: {self.grain}. Key: {', '.join(self.key)}."

    @property
    def never_null(self) -> set[str]:
        """The columns that are never null in the release."""
        return {*self.key, *self.required} - set(self.only_warns)

    @property
    def key_is_enforced(self) -> bool:
        """False if a duplicate key only warns."""
        return not set(self.key) & set(self.only_warns)

    def arrow_schema(self) -> pa.Schema:
        """Return explicit types for the Parquet file; key and required columns are not nullable."""
        fixed = self.never_null
        return pa.schema(
            [
                pa.field(n, ARROW[c.type], nullable=n not in fixed, metadata={"description": c.description})
                for n, c in self.columns.items()
            ]
        )

    def constraints(self) -> Iterator[Constraint]:
        """Yield what every row satisfies: required values, known values, and the rules for columns by name."""
        for name in dict.fromkeys((*self.key, *self.required)):
            yield self._constraint(name, "present", f"{quote(name)} is not null", f"{name} is never missing.")
        for name, column in self.columns.items():
            if column.values:
                known = f"{quote(name)} in ({', '.join(map(literal, column.values))})"
                sentence = f"{name} is one of its known values: {', '.join(column.values)}."
                yield self._constraint(name, "known", known, sentence)
            elif name in self.rules:
                rule = self.rules[name]
                yield self._constraint(name, rule.kind, rule.condition(name), f"{name} {rule.sentence}.", rule.reason)

    def _constraint(self, column: str, kind: str, condition: str, sentence: str, reason: str = "") -> Constraint:
        reason = reason or f"{self.columns[column].description}."
        return Constraint(
            f"{self.name}-{column}-{kind}", column, condition, sentence, reason, column not in self.only_warns
        )

    def create_statement(self, with_key: bool) -> str:
        """Return the statement for the published table, with the release in every row and all enforced constraints."""
        columns = {n: f"{quote(n)} {c.type}" for n, c in self.columns.items()}
        columns.setdefault("release_id", "release_id varchar not null")
        for constraint in self.constraints():
            if constraint.enforced:
                present = constraint.check_id.endswith("-present")
                columns[constraint.column] += " not null" if present else f" check ({constraint.condition})"
        key = [f"primary key ({', '.join(map(quote, self.key))})"] if with_key and self.key_is_enforced else []
        return f"create table {quote(self.name)} ({', '.join([*columns.values(), *key])})"


@cache
def published_tables() -> dict[str, Table]:
    """Return every published table by name. Raises ConfigError if a table names an undefined column or key."""
    book = read_toml(FOLDER / "columns.toml", ColumnBook)
    tables = [_table(path, book) for path in sorted(FOLDER.glob("*/*.toml"))]
    return {t.name: t for t in tables}


def _table(path: Path, book: ColumnBook) -> Table:
    spec = read_toml(path, TableFile)
    defined = book.column | spec.column
    named = (*spec.key, *spec.required, *spec.as_served, *spec.only_warns)
    unknown = [c for c in spec.columns if c not in defined] + [k for k in named if k not in spec.columns]
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
        only_warns=spec.only_warns,
        columns={c: defined[c] for c in spec.columns},
        rules={c: rule for rule in book.rule for c in rule.columns if c in spec.columns and c not in spec.as_served},
    )
