"""The parts of a report on an LEA: verdicts, results, and student groups by Dashboard.

Their wording is defined here once, for every output.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reports.figures import amount, change_words, students
from transforms.wording.labels import (
    ASSISTANCE,
    NOT_LISTED,
    STATUS,
    STATUS_ONLY,
    agreement,
    ccee_determination,
    source_age,
)
from transforms.wording.sentences import LeftOpen, joined, settled_by
from transforms.wording.sentences.phrases import capitalized

GRID = {  # state of a student group on a Dashboard: a sign for small spaces, and words
    "met": ("●", "met"),
    "not_met": ("·", "not met"),
    "no_result": ("–", "no result"),
    "unknown": ("?", "not determined"),
    "not_listed": (NOT_LISTED, NOT_LISTED),
    "not_loaded": ("not loaded", "not loaded"),
    "no_group": ("n/a", "no such group"),
}
LEGEND = (
    "A letter means two or more state priorities whose criteria the group met (A to K, as in CDE's letters). “·”: met"
    " one priority or none. “–”: no result that counts. “?”: not determined. “n/a”: no such group that year. “CDE”:"
    " from CDE's letters."
)


def to_settle(pathway: str, year: int, left_open: dict[str, Any] | None) -> str:
    """Return the text of ``settled_by`` for a row of LEFT_OPEN."""
    return settled_by(pathway, year, LeftOpen(**{k: tuple(v) for k, v in left_open.items()})) if left_open else ""


@dataclass(frozen=True)
class Verdict:
    """The status of a pathway, or of the assistance before it, in one determination year."""

    determination_year: int
    code: str
    status: str
    reason: str
    statute: str
    student_groups: list[str]
    decided_by: str | None
    cde_value: str | None
    agrees_with_cde: bool | None
    trigger: str | None  # what opens a pathway, or the basis of a test
    url: str | None
    open_question: str | None
    name: str  # name of a pathway; empty for assistance
    assistance_year: int | None
    case_state: str | None
    source_age_years: int | None
    source_is_old: bool | None
    ccee_determination: str | None
    ccee_determination_date: date | None
    left_open: dict[str, Any] | None  # fields of LeftOpen, if a pathway is not determined

    @property
    def title(self) -> str:
        """The name of the pathway or assistance."""
        return self.name or ASSISTANCE[self.code]

    @property
    def label(self) -> str:
        """The status in words, with the age of its source."""
        return STATUS[self.status][1] + (f" ({self.age})" if self.age else "")

    @property
    def sign(self) -> str:
        """A sign for the status that does not rely on color."""
        return STATUS[self.status][0]

    @property
    def age(self) -> str:
        """The age of a loan's source, if it is too old."""
        return source_age(self.source_age_years, self.source_is_old)

    @property
    def has_details(self) -> bool:
        """True if there is more to say than the status."""
        return self.status not in STATUS_ONLY

    @property
    def notes(self) -> list[str]:
        """Notes after the reason: CCEE's decision, the state of a case, CDE's value, and what is open."""
        ccee = ccee_determination(self.ccee_determination, self.ccee_determination_date)
        notes = [f"{capitalized(ccee)}."] if ccee else []
        if self.case_state:
            notes.append(f"State of the case: {self.case_state}.")
        if self.cde_value:
            notes.append(
                f"CDE's own {'flag' if self.name else 'value'} is {self.cde_value}:"
                f" {agreement(self.decided_by, self.agrees_with_cde)}."
            )
        if self.to_settle:
            notes.append(self.to_settle)
        elif self.status == "undetermined" and self.open_question:
            notes.append(f"Open: {self.open_question}")
        return notes

    @property
    def to_settle(self) -> str:
        """The record or file that would settle it; empty if it is determined or nothing is known to settle it."""
        return to_settle(self.code, self.determination_year, self.left_open)


@dataclass(slots=True)
class Result:
    """One indicator of a student group on a Dashboard."""

    dashboard_year: int
    student_group: str
    indicator: str
    measure: str | None
    finding: str | None  # null for rows that no rule assesses
    level: int | None
    color: int | None
    current_status: float | None
    current_denominator: float | None
    change: float | None
    change_level: int | None
    current_size_met: str | None
    source_id: str | None
    source_line: int | None
    clause: str  # of the criterion met
    other_scale: str | None  # set if the year before used another scale and is not comparable
    # Filled from the book, not from columns.
    label: str = ""  # CDE's word for the level or color
    unit: str = ""
    short: str = ""  # short name of the indicator
    position: int = 0  # order of the indicator on the Dashboard
    met: bool = False

    @property
    def colored(self) -> int:
        """The number of the fill color. Status levels have none (2022 had no colors)."""
        if self.finding == "result":
            return (self.level or 0) if self.measure == "color" else 0
        return (self.color or 0) if self.finding is None else 0

    @property
    def look(self) -> str:
        """The CSS class of a cell: c1 to c5 for a color, s1 to s5 for a status level, else none or unknown."""
        if self.colored:
            return f"c{self.colored}"
        return f"s{self.level}" if self.finding == "result" else "unknown" if self.finding == "unknown" else "none"

    @property
    def word(self) -> str:
        """CDE's word for the level, or why there is none. A level counts only if the size test is met."""
        if self.finding == "unknown":
            return "not determined"
        if self.finding == "no_result":
            return "too few students" if self._too_few else "no color" if self.measure == "color" else "no status"
        return self.label

    @property
    def _too_few(self) -> bool:
        """True if there are fewer students than any size rule requires.

        The minimum is 15 for foster and homeless youth, and 30 for others.
        """
        if self.current_denominator is None or self.current_size_met == "Y":
            return False
        return self.current_denominator < (15 if self.student_group in ("FOS", "HOM") else 30)

    @property
    def value(self) -> str:
        """The status in its unit."""
        return amount(self.current_status, self.unit)

    @property
    def changed(self) -> str:
        """Direction, size and meaning of the change."""
        return (
            "not compared: different scale"
            if self.other_scale
            else " ".join(change_words(self.change, self.change_level)).strip()
        )

    @property
    def students(self) -> str:
        """Number of students."""
        return students(self.current_denominator)

    @property
    def chip(self) -> tuple[str, str]:
        """The key that groups indicators of the same color or level."""
        return self.look, self.label


@dataclass(slots=True)
class Cell:
    """One student group on one Dashboard."""

    student_group: str
    dashboard_year: int
    basis: str
    listed: bool | None
    meets_criteria: bool | None
    has_result: bool | None
    priorities_met: list[int]
    letter: str | None
    cde_letter: str | None
    cde_source_id: str | None
    cde_source_line: int | None
    cde_source_column: str | None
    note: str | None
    causes: list[Result] = field(default_factory=list)  # worst level first
    clauses: list[str] = field(default_factory=list)
    state: str = field(init=False)  # a key of GRID

    def __post_init__(self) -> None:
        """Derive the state once, because every table and sentence uses it."""
        if self.listed is False:
            self.state = "not_listed"
        elif self.basis == "none":
            self.state = "not_loaded"
        elif self.meets_criteria is None:
            self.state = "unknown"
        else:
            self.state = "met" if self.meets_criteria else "no_result" if self.has_result is False else "not_met"

    @property
    def sign(self) -> str:
        """The letter, or a sign."""
        return (self.letter if self.state == "met" else None) or GRID[self.state][0]

    @property
    def detail(self) -> str:
        """The text next to the sign: priorities of CDE's letter, a different letter of CDE, or what is missing."""
        if self.state == "unknown":
            return self.note or ""
        if self.basis == "cde_letters":
            return f"priorities {', '.join(map(str, self.priorities_met))} (CDE)" if self.state == "met" else ""
        return (
            f"CDE: {self.cde_letter or 'no letter'}"
            if self.basis == "indicators" and self.cde_letter != self.letter
            else ""
        )


@dataclass(slots=True)
class GroupLine:
    """One student group on all Dashboards up to the determination year. ``window``: the Dashboards that count."""

    code: str
    name: str
    cells: dict[int, Cell]
    window: list[int]
    counts: bool
    years_met: list[int] = field(init=False)  # Dashboards that count and on which it met the criteria
    ever: bool = field(init=False)  # it met or may have met the criteria, or has CDE's letter, on any Dashboard
    shown: bool = field(init=False)  # true if any Dashboard has a result, a letter or a doubt

    def __post_init__(self) -> None:
        """Summarize the cells."""
        cells = self.cells.values()
        self.years_met = [y for y in self.window if self.state(y) == "met"]
        self.ever = any(c.state in ("met", "unknown") or c.cde_letter for c in cells)
        self.shown = self.ever or any(c.has_result for c in cells)

    def state(self, year: int) -> str:
        """Return its state on a Dashboard: a key of GRID."""
        return self.cells[year].state if year in self.cells else "no_group"

    def sign(self, year: int) -> str:
        """Return its letter on a Dashboard, or a sign."""
        return self.cells[year].sign if year in self.cells else GRID["no_group"][0]

    @property
    def total(self) -> str:
        """How many of the Dashboards that count it met the criteria on."""
        return f"{len(self.years_met)} of {len(self.window)}"

    @property
    def in_question(self) -> bool:
        """True if it met or may have met the criteria on a Dashboard that counts."""
        return any(self.state(y) in ("met", "unknown") for y in self.window)


def remarks(groups: Iterable[GroupLine]) -> list[str]:
    """Summarize the student groups without a row in a table.

    Groups with the same state of knowledge about the Dashboards that count share a line.
    """
    found: dict[str, list[str]] = {"": [], " with data": [], "without": []}
    for group in groups:
        states = {group.state(y) for y in group.window}
        if states <= {"no_result", "no_group"}:
            found["without"].append(group.name)
        elif states - {"not_loaded", "not_listed"}:
            found[" with data" if states & {"not_loaded", "not_listed"} else ""].append(group.name)
    without = found.pop("without")
    lines = [
        f"Met the criteria in none of these years{limit}: {joined(names)}." for limit, names in found.items() if names
    ]
    return lines + ([f"No result that counts in these years: {joined(without)}."] if without else [])
