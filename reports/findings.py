"""What a report on an LEA is made of: verdicts, results, student groups by Dashboard.

Their words are here once, for every output.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reports.figures import amount, change_words, students
from transforms.wording.labels import ASSISTANCE, NOT_LISTED, STATUS, UNSAID, agreement, ccee_determination, source_age
from transforms.wording.sentences import LeftOpen, joined, settled_by
from transforms.wording.sentences.phrases import capitalized

GRID = {  # what a student group shows on a Dashboard: a sign where there is little room, and words
    "met": ("●", "met"),
    "not_met": ("·", "not met"),
    "no_result": ("–", "no result"),
    "unknown": ("?", "not determined"),
    "not_listed": (NOT_LISTED, NOT_LISTED),
    "not_loaded": ("not loaded", "not loaded"),
    "no_group": ("n/a", "no such group"),
}
LEGEND = (
    "A letter means two or more state priorities whose criteria the group met (A to K, as CDE's). “·”: met no or one"
    " priority. “–”: no result that counts. “?”: not determined. “n/a”: no such group that year. “CDE”: from CDE's"
    " letters."
)


def to_settle(pathway: str, year: int, left_open: dict[str, Any] | None) -> str:
    """The line of ``settled_by``, from a row of LEFT_OPEN."""
    return settled_by(pathway, year, LeftOpen(**{k: tuple(v) for k, v in left_open.items()})) if left_open else ""


@dataclass(frozen=True)
class Verdict:
    """Status by a pathway, or of assistance that comes before one, in one determination year."""

    determination_year: int
    code: str
    status: str
    reason: str
    statute: str
    student_groups: list[str]
    decided_by: str | None
    cde_value: str | None
    agrees_with_cde: bool | None
    trigger: str | None  # what opens a pathway, or what the rule of a test rests on
    url: str | None
    open_question: str | None
    name: str  # of a pathway; empty for assistance
    assistance_year: int | None
    case_state: str | None
    source_age_years: int | None
    source_is_old: bool | None
    ccee_determination: str | None
    ccee_determination_date: date | None
    left_open: dict[str, Any] | None  # the fields of LeftOpen, of a pathway that is not determined

    @property
    def title(self) -> str:
        """Name of the pathway, or of the assistance."""
        return self.name or ASSISTANCE[self.code]

    @property
    def label(self) -> str:
        """The status in words, with the age of its source."""
        return STATUS[self.status][1] + (f" ({self.age})" if self.age else "")

    @property
    def sign(self) -> str:
        """The status as a sign that needs no color."""
        return STATUS[self.status][0]

    @property
    def age(self) -> str:
        """How old the source of a loan is, if it is too old."""
        return source_age(self.source_age_years, self.source_is_old)

    @property
    def is_said(self) -> bool:
        """True if there is more to say than the status."""
        return self.status not in UNSAID

    @property
    def notes(self) -> list[str]:
        """What follows the reason: CCEE's decision, the state of a case, what CDE says, what is open."""
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
        """The record or file that would settle it; empty where it is determined, or none is known."""
        return to_settle(self.code, self.determination_year, self.left_open)


@dataclass(slots=True)
class Result:
    """One indicator of a student group on a Dashboard."""

    dashboard_year: int
    student_group: str
    indicator: str
    measure: str | None
    finding: str | None  # null for rows that no rule judges
    level: int | None
    color: int | None
    current_status: float | None
    current_denominator: float | None
    change: float | None
    change_level: int | None
    current_size_met: str | None
    source_id: str | None
    source_line: int | None
    clause: str  # of the criterion that it met
    other_scale: str | None  # than the year before, with which it is not compared
    # No columns: the book has them.
    label: str = ""  # CDE's word for the level or color
    unit: str = ""
    short: str = ""  # name of the indicator where there is little room
    position: int = 0  # of the indicator, as readers of the Dashboard know them
    met: bool = False

    @property
    def colored(self) -> int:
        """Number of the color to fill with; status levels have none (2022 had no colors)."""
        if self.finding == "result":
            return (self.level or 0) if self.measure == "color" else 0
        return (self.color or 0) if self.finding is None else 0

    @property
    def look(self) -> str:
        """Class of a cell: c1 to c5 for a color, s1 to s5 for a status level, else none or unknown."""
        if self.colored:
            return f"c{self.colored}"
        return f"s{self.level}" if self.finding == "result" else "unknown" if self.finding == "unknown" else "none"

    @property
    def word(self) -> str:
        """The level in CDE's word, or why there is none. A level counts only where the size test is met."""
        if self.finding == "unknown":
            return "not determined"
        if self.finding == "no_result":
            return "too few students" if self._too_few else "no color" if self.measure == "color" else "no status"
        return self.label

    @property
    def _too_few(self) -> bool:
        """True if there are fewer students than any rule of size asks for (15 for foster and homeless youth, 30 for
        others).
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
            "not compared: on another scale"
            if self.other_scale
            else " ".join(change_words(self.change, self.change_level)).strip()
        )

    @property
    def students(self) -> str:
        """Number of students."""
        return students(self.current_denominator)

    @property
    def chip(self) -> tuple[str, str]:
        """By which indicators of one color or level stand together."""
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
    state: str = field(init=False)  # what it shows: a key of GRID

    def __post_init__(self) -> None:
        """Find its state once: every table and sentence needs it."""
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
    def said(self) -> str:
        """What stands beside the sign: priorities of CDE's letter, another letter of CDE's, or what is missing."""
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
    """One student group on all Dashboards up to the determination year; ``window``: those that count."""

    code: str
    name: str
    cells: dict[int, Cell]
    window: list[int]
    counts: bool
    years_met: list[int] = field(init=False)  # Dashboards that count on which it met the criteria
    ever: bool = field(init=False)  # it met the criteria, or may have, or has a letter of CDE's, on any Dashboard
    shown: bool = field(init=False)  # any Dashboard shows a result, a letter or a doubt

    def __post_init__(self) -> None:
        """Sum up its cells."""
        cells = self.cells.values()
        self.years_met = [y for y in self.window if self.state(y) == "met"]
        self.ever = any(c.state in ("met", "unknown") or c.cde_letter for c in cells)
        self.shown = self.ever or any(c.has_result for c in cells)

    def state(self, year: int) -> str:
        """What it shows on a Dashboard: a key of GRID."""
        return self.cells[year].state if year in self.cells else "no_group"

    def sign(self, year: int) -> str:
        """Its letter on a Dashboard, or a sign."""
        return self.cells[year].sign if year in self.cells else GRID["no_group"][0]

    @property
    def total(self) -> str:
        """On how many of them."""
        return f"{len(self.years_met)} of {len(self.window)}"

    @property
    def in_question(self) -> bool:
        """True if it met the criteria, or may have, on a Dashboard that counts."""
        return any(self.state(y) in ("met", "unknown") for y in self.window)


def remarks(groups: Iterable[GroupLine]) -> list[str]:
    """One line for all student groups of which a table has no row, by what is known of them on the Dashboards that
    count.
    """
    found: dict[str, list[str]] = {"": [], " with data": [], "without": []}
    for group in groups:
        states = {group.state(y) for y in group.window}
        if states <= {"no_result", "no_group"}:
            found["without"].append(group.name)
        elif states - {"not_loaded", "not_listed"}:
            found[" with data" if states & {"not_loaded", "not_listed"} else ""].append(group.name)
    without = found.pop("without")
    said = [
        f"Met the criteria in none of these years{limit}: {joined(names)}." for limit, names in found.items() if names
    ]
    return said + ([f"No result that counts in these years: {joined(without)}."] if without else [])
