"""Read and check the reference lists: counties, indicators and their scales, levels, priorities, student groups, and
printed values of the state.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Self

import pyarrow as pa
from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from transforms.config.csv_model import read_csv
from transforms.config.toml_model import StrictModel
from transforms.errors import ConfigError
from transforms.tables import as_table

FOLDER = Path("reference")
SCALES, STATE_VALUES = FOLDER / "status_scales.csv", FOLDER / "state_values.csv"
Filled = Annotated[str, StringConstraints(min_length=1)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,29}$")]
County = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]
Year = Annotated[str, StringConstraints(pattern=r"^(20[0-9]{2})?$")]
Day = Annotated[str, StringConstraints(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
YesNo = Annotated[str, StringConstraints(pattern=r"^[YN]$")]
Priority = Annotated[str, StringConstraints(pattern=r"^([1-9]|10)$")]
Address = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]


def _years(text: object) -> object:
    return tuple(int(y) for y in text.split()) if isinstance(text, str) else text


Years = Annotated[tuple[int, ...], BeforeValidator(_years)]


class CountyRow(StrictModel):
    """A county."""

    county_code: County
    county: Filled


class GeoLead(StrictModel):
    """A county and one term of its Geographic Lead."""

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
    """A county office and the provider that assists it (EC 52071.5) for a period."""

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
    # Indicators whose rows show that this one must have a row, too.
    expected_with: Annotated[str, StringConstraints(pattern=r"^(\w+(\|\w+)*)?$")]
    note: str


class Level(StrictModel):
    """The label of a level of color, status or change.

    It applies to indicators for which more (``up``) or less (``down``) is better, or to all.
    """

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
    """A letter in CDE's assistance workbooks and the priorities that it means."""

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
    """A spelling of a student group in CDE's files."""

    written: Filled
    student_group: Code
    where_seen: Filled


class AssistanceStatus(StrictModel):
    """A status of assistance as CDE's workbooks write it."""

    status: Filled
    differentiated: YesNo


class StatusScale(StrictModel):
    """A scale and the Dashboard with which it begins; it ends when the next scale of the indicator begins.

    An indicator without a row has one scale.
    """

    indicator: Annotated[str, Field(min_length=1)]
    scale: Annotated[str, Field(min_length=1)]
    first_dashboard: Annotated[int, Field(ge=2013, le=2100)]
    unit: Annotated[str, Field(min_length=1)]
    seen_in: Years  # Dashboards whose rows were tested
    source: Annotated[str, Field(min_length=1)]


class StateValue(StrictModel):
    """A status of the state, in the indicator's unit, with ``decimals`` places.

    It is the status of all students, or of English learners for their progress.
    """

    dashboard_year: Annotated[int, Field(ge=2017, le=2040)]
    indicator: Annotated[str, Field(min_length=1)]
    value: float
    decimals: Annotated[int, Field(ge=0, le=1)]
    printed_by: Annotated[str, Field(min_length=1)]
    title: Annotated[str, Field(min_length=10)]
    source_url: Address
    confirmed_by: Address | Annotated[str, StringConstraints(max_length=0)]
    note: str

    @model_validator(mode="after")
    def _as_printed(self) -> Self:
        if round(self.value, self.decimals) != self.value:
            raise ValueError("value has more decimal places than decimals gives")
        return self


# Name of the file -> model, and the columns of its key.
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
    "status_scales": (StatusScale, ("indicator", "first_dashboard")),
    "student_group_names": (StudentGroupName, ("written",)),
    "student_groups": (StudentGroup, ("student_group",)),
}


def _as_text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


class Reference:
    """The lists of one reference folder, each read on first use."""

    def __init__(self, folder: Path) -> None:
        """``folder`` contains reference/."""
        self.folder = folder
        self._read: dict[str, list[StrictModel]] = {}

    def rows(self, name: str) -> list[StrictModel]:
        """Return the rows of one list. Raises ConfigError with every problem of the list."""
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
        """Return the values of one column of a list."""
        return {str(getattr(row, column)) for row in self.rows(name)}

    def tables(self) -> dict[str, pa.Table]:
        """Return the lists as tables of text, with blanks as null and tuples joined by spaces."""
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


def load_scales(folder: Path) -> tuple[StatusScale, ...]:
    """Read the list of scales in ``folder``. Raises ConfigError."""
    return tuple(read_csv(folder, SCALES, StatusScale, ("indicator", "first_dashboard")))


def scale_of(scales: Iterable[StatusScale], indicator: str, year: int) -> StatusScale | None:
    """Return the scale of an indicator on a Dashboard; None if it always had the same scale."""
    begun = [s for s in scales if s.indicator == indicator and s.first_dashboard <= year]
    return max(begun, key=lambda s: s.first_dashboard, default=None)


def scale_begins(scales: Iterable[StatusScale], indicator: str, year: int) -> bool:
    """Return True if the previous Dashboard has another scale."""
    begun = sorted(s.first_dashboard for s in scales if s.indicator == indicator and s.first_dashboard <= year)
    return len(begun) > 1 and begun[-1] == year


def load_state_values(folder: Path) -> pa.Table:
    """Read the printed values of the state as an Arrow table, one row per Dashboard year and indicator.

    Raises ConfigError with every problem.
    """
    rows = read_csv(folder, STATE_VALUES, StateValue, ("dashboard_year", "indicator"))
    types = {"dashboard_year": pa.int16(), "value": pa.float64(), "decimals": pa.int32()}
    return as_table(
        (r.model_dump() for r in rows), **{name: types.get(name, pa.string()) for name in StateValue.model_fields}
    )
