"""The result of a reader: the rows that it could read, the lines that it could not, and its remarks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.files import replacing, sha256_of
from transforms.tables import encodings, texts

Report = dict[str, Any]  # the raw stage's report on one file
CELL_SCHEMA = pa.schema({"line": pa.int64(), **texts("cds", "heading", "field", "value")})
# Layouts that are stored cell by cell, because their headings differ from year to year.
CELL_LAYOUTS = ("assistance", "charter_assistance", "local_indicators_by_priority", "low_performing", "lcap_goals")
REJECT_SCHEMA = pa.schema({"line": pa.int64(), **texts("column", "value", "reason", "cds")})


@dataclass(frozen=True)
class Reject:
    """One rejected row, the reason, and the LEA or school that it names, if that can be read."""

    line: int
    column: str
    value: str
    reason: str
    cds: str | None = None


@dataclass
class RawTable:
    """All columns as text, coded or plain, plus ``line``. ``rows_in`` counts kept and rejected data rows."""

    table: pa.Table
    rejects: list[Reject] = field(default_factory=list)
    rows_in: int = 0
    rows_kept: int = 0
    encoding: str = ""
    sheet: str = ""
    missing_columns: list[str] = field(default_factory=list)
    extra_columns: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # Damage from handling the file, and how it is read nevertheless.
    warnings: list[str] = field(default_factory=list)


def as_cells(raw: RawTable) -> RawTable:
    """Return the same content with one row per cell, as workbooks are read."""
    parts = [
        pa.table(
            {
                "line": raw.table["line"],
                "cds": raw.table["cds"],
                "heading": [field] * len(raw.table),
                "field": [field] * len(raw.table),
                "value": value,
            }
        )
        for field, value in zip(raw.table.column_names, raw.table.columns, strict=True)
        if field not in ("line", *raw.missing_columns)
    ]
    return replace(raw, table=pa.concat_tables(parts).cast(CELL_SCHEMA))


def as_rows(raw: RawTable, columns: Sequence[str]) -> RawTable:
    """Return the same content with one row per line, as in text files: some of them are also published as workbooks."""
    wide = raw.table.to_pandas().pivot(index="line", columns="field", values="value").reset_index()
    found = [c for c in columns if c in wide.columns]
    values = {c: pa.array(wide[c], pa.string()) if c in found else pa.nulls(len(wide), pa.string()) for c in columns}
    table = pa.table({**values, "line": pa.array(wide["line"], pa.int64())})
    return replace(raw, table=table, missing_columns=sorted(set(columns) - set(found)))


def cached_report(record: Path) -> Report | None:
    """Return an earlier run's record of the files that it made, if they are still there, byte for byte."""
    try:
        report: Report = json.loads(record.read_text("utf-8"))
        whole = all(sha256_of(Path(report[part])) == sha256 for part, sha256 in report["written"].items())
    except (OSError, ValueError, KeyError):
        return None
    return report if whole else None


def write_record(record: Path, report: Mapping[str, Any]) -> None:
    """Write a record of the files that were made, whole or not at all.

    Nothing waits for the disk: files that a crash damages are rebuilt.
    """
    with replacing(record) as temporary:
        temporary.write_text(json.dumps(report, indent=1), "utf-8")


def write_parquet(table: pa.Table, target: Path, **options: Any) -> None:
    """Write a Parquet file that is whole or absent."""
    with replacing(target) as temporary:
        pq.write_table(table, temporary, compression="zstd", **encodings(table.schema), **options)
