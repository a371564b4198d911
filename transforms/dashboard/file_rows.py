"""The columns of one Dashboard file as numbers, for the tests of its rows, and the result of a test."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from transforms.dashboard.columns import Mask, TextColumn
from transforms.dashboard.redundancy import Redundancy
from transforms.raw.table import Report

Numbers = npt.NDArray[np.float64]
# Students that make a group count; the smaller number for some groups of districts and county offices.
MINIMUM, SMALL_MINIMUM = 30, 15
SMALL_GROUPS = {"FOS": 2017, "HOM": 2017, "LTEL": 2024}  # the first Dashboard for each
COUNTY_OFFICE = "10"  # third and fourth digit of the code; some files leave the flag blank
NO_SCHOOL = "0000000"  # the last digits of the code of a district or county office
# Not student groups of the law, although SBA and CAA have colors in 2024.
NOT_COUNTED = ("ELO", "RFP", "EO", "SBA", "CAA", "CAST")


@dataclass(frozen=True)
class Contradiction:
    """The result of one test over all rows of a file.

    ``rows`` are the ``tested`` rows that contradict themselves in ``column``; ``say`` gives the reason of one row.
    ``firm``: not presumed; None if that depends on the year of the file.
    """

    kind: str
    column: str
    tested: Mask
    rows: Mask
    explain: Callable[[int], str]
    firm: bool | None = None


@dataclass
class FileRows:
    """The columns of one file as numbers, and which rows each test may read."""

    columns: Mapping[str, TextColumn]
    report: Report
    redundancy: Redundancy
    usable: Mask
    _numbers: dict[str, Numbers] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Compute facts that several tests share."""
        self.indicator, self.year = str(self.report["indicator"]), int(self.report["dashboard_year"])
        self.of_lea = rows_of_leas(self.columns)
        self.counted = ~np.isin(self.columns["studentgroup"].codes, self._codes("studentgroup", NOT_COUNTED))
        small = np.isin(
            self.columns["studentgroup"].codes,
            self._codes("studentgroup", [g for g, y in SMALL_GROUPS.items() if self.year >= y]),
        )
        self.minimum = np.where(small & self.of_lea, SMALL_MINIMUM, MINIMUM)
        self.is_small = self.equals("smalldenom", "Y")
        self.scale_begins = self.redundancy.scale_begins(self.indicator, self.year)
        self.scale_is_seen = self.redundancy.scale_is_seen(self.indicator, self.year)

    def _codes(self, name: str, texts: Any) -> list[int]:
        known = self.columns[name].texts.to_pylist()
        return [known.index(t) for t in texts if t in known]

    def has(self, *names: str) -> bool:
        """Return True if the file has these columns; a column that is blank throughout is a gap in every row."""
        return all(self._has(name) for name in names)

    def _has(self, name: str) -> bool:
        if name not in self.columns:
            return False
        missing = self.report.get("missing_columns")
        return len(self.columns[name].texts) > 0 if missing is None else name not in missing

    def number(self, name: str) -> Numbers:
        """Return a column as numbers; NaN for blanks."""
        if name not in self._numbers:
            column = self.columns[name]
            texts = column.numbers.to_numpy(zero_copy_only=False).astype(np.float64)
            self._numbers[name] = np.append(texts, np.nan)[column.codes]
        return self._numbers[name]

    def level(self, name: str) -> npt.NDArray[np.int8]:
        """Return a column of levels; 0 for blanks."""
        texts = self.columns[name].numbers.to_numpy(zero_copy_only=False).astype(np.float64)
        whole = np.append(np.nan_to_num(texts), 0).clip(0, 5).astype(np.int8)
        return whole[self.columns[name].codes]

    def given(self, name: str) -> Mask:
        """Return the rows in which a column is not blank."""
        found: Mask = self.columns[name].codes >= 0
        return found

    def equals(self, name: str, text: str) -> Mask:
        """Return the rows in which a column has this text, in capitals."""
        column = self.columns.get(name)
        if column is None:
            return np.zeros(len(self.usable), bool)
        marked = np.array([t == text for t in column.texts.to_pylist()], bool)
        return column.rows_of(marked)

    def of_county_office(self) -> Mask:
        """Return the rows of a county office or its schools, by their codes."""
        codes = self.columns["cds"]
        offices = np.array([t[2:4] == COUNTY_OFFICE for t in codes.texts.to_pylist()], bool)
        return codes.rows_of(offices)

    def testable(self, kind: str) -> Mask:
        """Return the rows that are usable and have no exception from a kind of test."""
        rows = self.usable.copy()
        for exception in self.redundancy.exceptions_of(self.indicator, self.year):
            if kind not in exception.spares:
                continue
            if not exception.column:
                rows[:] = False
            elif exception.column in self.columns:
                rows &= ~(
                    self.given(exception.column)
                    if exception.value == "*"
                    else self.equals(exception.column, exception.value)
                )
        return rows

    def text(self, name: str, row: int) -> str:
        """Return a cell as a reader sees it."""
        return self.columns[name].at(row) or "blank"


def rows_of_leas(columns: Mapping[str, TextColumn]) -> Mask:
    """Return the rows of districts and county offices, by code or by record type, since one of the two may be wrong."""
    codes, kinds = columns["cds"], columns["rtype"]
    by_code = pc.and_(pc.ends_with(codes.texts, NO_SCHOOL), pc.invert(pc.equal(codes.texts, NO_SCHOOL * 2)))
    return codes.rows_of(by_code) | kinds.rows_of(pc.equal(kinds.texts, "D"))
