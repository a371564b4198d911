"""The registers other than loans and cases: CALPADS, accepted differences, successions, and CCEE's determinations."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from transforms.registers.fields import (
    Address,
    Cds,
    ComingDay,
    Contradiction,
    Day,
    Filled,
    Name,
    NameOrEmpty,
    NeededDay,
    Record,
    Said,
    Text,
    Whole,
    about,
    between,
    matching,
)
from transforms.registers.names import lea_kind
from transforms.wording.sentences.phrases import LEA_WORDS

SuccessionKind = Literal["county_transfer", "unification", "merger", "lapsation", "charter_moved"]


class CalpadsCertification(Record):
    """An LEA's CALPADS certification for one school year: on time or not."""

    identifier = ("cds", "school_year")
    about_leas = (("cds", "lea_name"),)

    cds: Cds = about("CDS code of the LEA")
    lea_name: Name = about("name of the LEA")
    school_year: Annotated[Filled, matching(r"20[0-9]{2}-[0-9]{2}", "a school year is written as 2023-24")] = about(
        "school year, written as 2023-24"
    )
    certified_on_time: Literal["Y", "N"] = about("Y: certified by the deadline; N: late, or not at all")
    certified_on: Day = about("day on which the LEA certified; empty if not known, or never")
    source_url: Address = about("page that supports the record")
    note: Text = about("remarks")

    def contradictions(self) -> Iterator[Contradiction]:
        """Check that a school year spans two consecutive years, and that it is not certified before it begins."""
        yield from super().contradictions()
        first, second = int(self.school_year[2:4]), int(self.school_year[5:])
        if second != (first + 1) % 100:
            yield Contradiction(
                ("school_year",), "a school year runs over two years that follow each other, as 2023-24"
            )
        elif self.certified_on and self.certified_on < date(2000 + first, 7, 1):
            yield Contradiction(
                ("certified_on", "school_year"), f"the day is before the school year {self.school_year}"
            )


class AcceptedDifference(Record):
    """A difference from CDE's flags, with both values, that a person has reviewed and accepted until a day."""

    identifier = ("cds", "dashboard_year", "flag")
    about_leas = (("cds", "lea_name"),)
    added_later = frozenset({"lea_name"})

    cds: Cds = about("CDS code of the LEA")
    lea_name: NameOrEmpty = about("name of the LEA")
    dashboard_year: Annotated[Whole, between(2017, 2100)] = about("Dashboard year")
    flag: Filled = about("flag that differs, as in reconciliation")
    ours: Said = about("our value")
    cde: Said = about("CDE's value")
    reason: Annotated[Filled, matching(r"(?s).{10,}", "write ten characters or more")] = about(
        "why the difference is accepted"
    )
    accepted_on: NeededDay = about("day on which it was accepted")
    expires_on: ComingDay = about("day after which it is reviewed again")

    def contradictions(self) -> Iterator[Contradiction]:
        """Check that an acceptance lasts for some time."""
        yield from super().contradictions()
        if self.dashboard_year is None:
            yield Contradiction(("dashboard_year",), "it must not be empty")
        if self.expires_on <= self.accepted_on:
            yield Contradiction(("expires_on", "accepted_on"), "expires_on must be after accepted_on")


class Succession(Record):
    """A code that ended, and the code under which its schools continued. CDE begins a new history with a new code, so a
    person records whose history came before. A merger has one row for each predecessor.
    """

    identifier = ("predecessor_cds", "successor_cds")
    about_leas = (("predecessor_cds", "predecessor_name"), ("successor_cds", "successor_name"))

    predecessor_cds: Cds = about("CDS code that ended")
    predecessor_name: Name = about("name of the LEA under that code")
    successor_cds: Cds = about("CDS code that followed it")
    successor_name: Name = about("name of the LEA under the new code")
    succession_date: NeededDay = about("first day of the new code")
    kind: SuccessionKind = about("what happened")
    source_url: Address = about("page that supports the record")
    source_note: Text = about("what the page says, and what else shows it")
    entered_by: Filled = about("who entered the row")
    entered_on: NeededDay = about("day on which the row was entered")

    def contradictions(self) -> Iterator[Contradiction]:
        """Check that both codes are of one kind, and differ as the kind of succession requires."""
        yield from super().contradictions()
        if self.predecessor_cds == self.successor_cds:
            yield Contradiction(("successor_cds", "predecessor_cds"), "an LEA does not follow itself")
            return
        before, after = lea_kind(self.predecessor_cds), lea_kind(self.successor_cds)
        if before != after:
            yield Contradiction(
                ("successor_cds", "predecessor_cds"),
                f"the codes are those of a {LEA_WORDS[before]} and of a {LEA_WORDS[after]}",
            )
        elif (self.kind == "charter_moved") != (before == "charter"):
            yield Contradiction(
                ("kind", "predecessor_cds"),
                f"the codes are those of a {LEA_WORDS[before]}, which does not fit {self.kind}",
            )
        if self.kind == "county_transfer" and self.predecessor_cds[:2] == self.successor_cds[:2]:
            yield Contradiction(("kind", "successor_cds"), "both codes are of one county, so nothing moved to another")


class NecessityDetermination(Record):
    """CCEE's own decision after the criteria are met: is its assistance necessary (EC 52072, 52072.5)?"""

    identifier = ("cds", "determination_year")
    about_leas = (("cds", "lea_name"),)

    cds: Cds = about("CDS code of the district or county office")
    lea_name: Name = about("its name on the day of the decision")
    determination_year: Annotated[Whole, between(2022, 2100)] = about("Dashboard year in which the criteria were met")
    consultations: Text = about("with whom CCEE consulted, and when: the LEA, and those who assisted it before")
    necessary: Literal["yes", "no"] = about("whether CCEE determined that its assistance is necessary")
    determination_date: NeededDay = about("day of the decision")
    reason: Text = about("why, in CCEE's words")
    evidence: Filled = about("letter reference or web address that supports the record")
    entered_by: Filled = about("who entered the row")
    entered_on: NeededDay = about("day on which the row was entered")
    note: Text = about("remarks")

    def contradictions(self) -> Iterator[Contradiction]:
        """Check that a decision follows its Dashboard, and that the row follows the decision."""
        yield from super().contradictions()
        if lea_kind(self.cds) == "charter":
            yield Contradiction(("cds",), "EC 52072 and 52072.5 do not apply to a charter school")
        if self.determination_year is None:
            yield Contradiction(("determination_year",), "it must not be empty")
        elif self.determination_date.year < self.determination_year:
            yield Contradiction(
                ("determination_date", "determination_year"),
                f"the decision is dated before the {self.determination_year} Dashboard",
            )
        if self.determination_date > self.entered_on:
            yield Contradiction(
                ("determination_date", "entered_on"),
                f"the decision is dated after the row was entered ({self.entered_on})",
            )


OTHERS: dict[str, type[Record]] = {
    "calpads": CalpadsCertification,
    "accepted_differences": AcceptedDifference,
    "successions": Succession,
    "necessity_determinations": NecessityDetermination,
}
