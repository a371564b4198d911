"""Differences from CDE's flags that a person has looked at and accepted, each with a reason, a day and an expiry."""

import csv
from datetime import date
from pathlib import Path
from typing import Annotated

import pyarrow as pa
from pydantic import Field, StringConstraints, ValidationError, model_validator

from transforms.errors import ConfigError
from transforms.tables import as_table
from transforms.toml_model import StrictModel

FILE = Path("registers") / "accepted_differences.csv"


class AcceptedDifference(StrictModel):
    """One row of reconciliation that is known to differ, as it differs."""

    cds: Annotated[str, StringConstraints(pattern=r"^\d{14}$")]
    dashboard_year: int
    flag: Annotated[str, Field(min_length=1)]
    ours: str
    cde: str
    reason: Annotated[str, Field(min_length=10)]
    accepted_on: date
    expires_on: date

    @model_validator(mode="after")
    def _expires_later(self) -> "AcceptedDifference":
        if self.expires_on <= self.accepted_on:
            raise ValueError("expires_on lies after accepted_on")
        return self


def load_accepted_differences(folder: Path) -> pa.Table:
    """The accepted differences as an Arrow table. Raises ConfigError with file, line, column and value of every problem."""
    path = folder / FILE
    problems: list[str] = []
    rows: list[AcceptedDifference] = []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = [c for c in AcceptedDifference.model_fields if c not in (reader.fieldnames or [])]
        if missing:
            raise ConfigError(f"{FILE}, line 1: the header lacks {', '.join(missing)}.")
        for record in reader:
            try:
                rows.append(AcceptedDifference.model_validate({k: (v or "").strip() for k, v in record.items() if k is not None}))
            except ValidationError as error:
                for e in error.errors():
                    column = f", column {e['loc'][0]}" if e["loc"] else ""
                    problems.append(f"{FILE}, line {reader.line_num}{column}: {e['msg']} (value {str(e['input'])[:80]!r}).")
    keys = [(r.cds, r.dashboard_year, r.flag) for r in rows]
    problems += [f"{FILE}: {key} stands twice." for key in sorted({k for k in keys if keys.count(k) > 1})]
    if problems:
        raise ConfigError("\n".join(problems))
    types = {"dashboard_year": pa.int16(), "accepted_on": pa.date32(), "expires_on": pa.date32()}
    return as_table((r.model_dump() for r in rows), **{name: types.get(name, pa.string()) for name in AcceptedDifference.model_fields})
