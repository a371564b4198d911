"""Differences from CDE's flags that a person has looked at and accepted, each with a reason, a day and an expiry."""

from datetime import date
from pathlib import Path
from typing import Annotated

import pyarrow as pa
from pydantic import Field, StringConstraints, model_validator

from transforms.csv_model import read_csv
from transforms.tables import as_table
from transforms.toml_model import StrictModel

FILE = Path("registers") / "accepted_differences.csv"


class AcceptedDifference(StrictModel):
    """One row of reconciliation that is known to differ, as it differs."""

    cds: Annotated[str, StringConstraints(pattern=r"^\d{14}$")]
    dashboard_year: Annotated[int, Field(ge=2013, le=2100)]
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
    rows = read_csv(folder, FILE, AcceptedDifference, ("cds", "dashboard_year", "flag"))
    types = {"dashboard_year": pa.int16(), "accepted_on": pa.date32(), "expires_on": pa.date32()}
    return as_table((r.model_dump() for r in rows), **{name: types.get(name, pa.string()) for name in AcceptedDifference.model_fields})
