"""What a reader returns: the rows it could read, the lines it could not, and what it noticed."""

from dataclasses import dataclass, field

import pyarrow as pa

REJECT_SCHEMA = pa.schema([("line", pa.int64()), ("column", pa.string()), ("value", pa.string()), ("reason", pa.string())])


@dataclass(frozen=True)
class Reject:
    """One row that is kept aside, and why."""

    line: int
    column: str
    value: str
    reason: str


@dataclass
class RawTable:
    """All columns text, plus ``line``. ``rows_in`` counts data rows of the file: kept and rejected."""

    table: pa.Table
    rejects: list[Reject] = field(default_factory=list)
    rows_in: int = 0
    rows_kept: int = 0
    encoding: str = ""
    sheet: str = ""
    missing_columns: list[str] = field(default_factory=list)
    extra_columns: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
