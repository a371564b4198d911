"""The reference lists (counties, indicators, levels, priorities, student groups), checked when they are read."""

from pathlib import Path
from typing import Annotated

import pyarrow as pa
from pydantic import StringConstraints

from transforms.config.csv_model import read_csv
from transforms.config.toml_model import StrictModel
from transforms.errors import ConfigError
from transforms.rules.scales import KEY, StatusScale
from transforms.rules.state_values import StateValue

FOLDER = Path("reference")
Filled = Annotated[str, StringConstraints(min_length=1)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,29}$")]
County = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]
Year = Annotated[str, StringConstraints(pattern=r"^(20[0-9]{2})?$")]
Day = Annotated[str, StringConstraints(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
YesNo = Annotated[str, StringConstraints(pattern=r"^[YN]$")]
Priority = Annotated[str, StringConstraints(pattern=r"^([1-9]|10)$")]


class CountyRow(StrictModel):
    """A county."""

    county_code: County
    county: Filled


class GeoLead(StrictModel):
    """A county and a term of its Geographic Lead."""

    county_code: County
    county: Filled
    geo_area: str
    geo_lead: str
    valid_from: Day
    valid_to: Day
    date_basis: str
    lead_is_own_county: str
    basis: str
    confidence: str
    confidence_note: str
    source: str


class CoeProvider(StrictModel):
    """A county office and who assists it (EC 52071.5), for a time."""

    county_code: County
    county: Filled
    provider: Filled
    valid_from: Day
    valid_to: Day
    date_basis: str
    basis: Filled
    confidence: Annotated[str, StringConstraints(pattern=r"^(high|medium|low)$")]
    source: Filled


class Indicator(StrictModel):
    """A state indicator."""

    indicator: Code
    name: Filled
    short_name: Filled
    name_in_text: Filled
    priority: Annotated[str, StringConstraints(pattern=r"^([1-9]|10)?$")]
    better: Annotated[str, StringConstraints(pattern=r"^(up|down)$")]
    worst_status_label: Filled
    best_status_label: Filled
    unit: Filled
    reported_for: Filled
    # Indicators whose row shows that this one must have one.
    expected_with: Annotated[str, StringConstraints(pattern=r"^(\w+(\|\w+)*)?$")]
    note: str


class Level(StrictModel):
    """A level of color, status or change with its label; of indicators of which more, or less, is better, or of all."""

    measure: Annotated[str, StringConstraints(pattern=r"^(color|status_level|change_level)$")]
    level: Annotated[str, StringConstraints(pattern=r"^[0-5]$")]
    label: Filled
    better: Annotated[str, StringConstraints(pattern=r"^(up|down)?$")]


class PriorityRow(StrictModel):
    """A priority of the Local Control Funding Formula."""

    priority: Priority
    name: Filled
    measured_by: Annotated[str, StringConstraints(pattern=r"^(local|state|state and local)$")]
    covers: Filled
    note: str


class PriorityLetter(StrictModel):
    """A letter of CDE's assistance workbooks and the priorities that it means."""

    letter: Annotated[str, StringConstraints(pattern=r"^[A-Z]$")]
    priorities: Annotated[str, StringConstraints(pattern=r"^([1-9]|10)(\|([1-9]|10))*$")]


class StudentGroup(StrictModel):
    """A student group code of the Dashboard."""

    student_group: Code
    name: Filled
    name_in_text: Filled
    dashboard_from: Year
    dashboard_until: Year
    judged: YesNo
    also_called: Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9]{1,10})?$")]
    note: str


class StudentGroupName(StrictModel):
    """A way in which CDE's files write a student group."""

    written: Filled
    student_group: Code
    where_seen: Filled


class AssistanceStatus(StrictModel):
    """A status of assistance as CDE's workbooks write it."""

    status: Filled
    differentiated: YesNo


# Name of the file -> model, and the columns that tell its rows apart.
LISTS: dict[str, tuple[type[StrictModel], tuple[str, ...]]] = {
    "assistance_statuses": (AssistanceStatus, ("status",)),
    "coe_providers": (CoeProvider, ("county_code", "provider", "valid_from")),
    "counties": (CountyRow, ("county_code",)),
    "geo_leads": (GeoLead, ("county_code", "valid_from", "valid_to")),
    "indicators": (Indicator, ("indicator",)),
    "levels": (Level, ("measure", "level", "better")),
    "priorities": (PriorityRow, ("priority",)),
    "priority_letters": (PriorityLetter, ("letter",)),
    "state_values": (StateValue, ("dashboard_year", "indicator")),
    "status_scales": (StatusScale, KEY),
    "student_group_names": (StudentGroupName, ("written",)),
    "student_groups": (StudentGroup, ("student_group",)),
}


def _as_text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


class Reference:
    """The lists of one reference folder, read when first asked for."""

    def __init__(self, folder: Path) -> None:
        """``folder`` holds reference/."""
        self.folder = folder
        self._read: dict[str, list[StrictModel]] = {}

    def rows(self, name: str) -> list[StrictModel]:
        """Rows of one list. Raises ConfigError with every problem of it."""
        if name not in self._read:
            model, key = LISTS[name]
            self._read[name] = list(read_csv(self.folder, FOLDER / f"{name}.csv", model, key))
        return self._read[name]

    def check(self) -> None:
        """Raise ConfigError with every problem of every list."""
        problems = []
        for name in LISTS:
            try:
                self.rows(name)
            except ConfigError as error:
                problems.append(str(error))
        if problems:
            raise ConfigError("\n".join(problems))

    def values(self, name: str, column: str) -> set[str]:
        """Values of one column of a list."""
        return {str(getattr(row, column)) for row in self.rows(name)}

    def tables(self) -> dict[str, pa.Table]:
        """The lists as tables of text, blanks as null; priorities of a letter as numbers."""
        self.check()
        tables = {}
        for name, (model, _) in LISTS.items():
            rows = [
                {k: _as_text(v) or None for k, v in row.model_dump().items() if v is not None}
                for row in self.rows(name)
            ]
            tables[name] = pa.Table.from_pylist(
                rows, pa.schema([(column, pa.string()) for column in model.model_fields])
            )
        return tables
