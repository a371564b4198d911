"""Columns of sheets: what each makes of a row, and those that several sheets have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reports.published import Row
from transforms.wording.labels import LEA_KINDS, STATUS, ccee_determination

Cell = tuple[Any, str]  # a value and the name of its format


@dataclass(frozen=True)
class Column:
    """A column of a sheet: heading, width in characters, and the cell that it makes of a row."""

    heading: str
    width: float
    cell: Callable[[Row], Cell]


def plain(heading: str, width: float, name: str, style: str = "text") -> Column:
    """A column that shows a value as it is."""
    return Column(heading, width, lambda row: (row[name], style))


def worded(heading: str, width: float, name: str, words: Mapping[str, str]) -> Column:
    """A column that shows a code in words."""
    return Column(heading, width, lambda row: (words[row[name]], "text"))


def status(heading: str, width: float, name: str) -> Column:
    """A verdict, with its sign, in words."""
    return Column(
        heading,
        width,
        lambda row: (" ".join(STATUS[row[name]]), f"status {row[name]}") if row[name] else (None, "text"),
    )


def apart(heading: str, width: float, name: str) -> Column:
    """A value that is marked where CDE's differs from ours."""
    return Column(heading, width, lambda row: (row[name], "apart" if row["apart"] else "text"))


NAME, CDS, COUNTY = plain("LEA", 30, "lea_name"), plain("CDS code", 16, "cds"), plain("County", 14, "county")
LEA = (NAME, CDS, worded("Kind", 16, "lea_type", LEA_KINDS), COUNTY)
YEAR = plain("Determination year", 14, "determination_year")
CCEE = Column(
    "CCEE's determination",
    30,
    lambda row: (ccee_determination(row["ccee_determination"], row["ccee_determination_date"]), "text"),
)
