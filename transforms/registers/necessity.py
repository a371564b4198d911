"""CCEE's own decision after the criteria are met: is its assistance necessary (EC 52072, 52072.5)?"""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from transforms.registers.fields import Cds, Contradiction, Filled, Name, NeededDay, Record, Text, Whole, about, between
from transforms.registers.names import lea_kind


class NecessityDetermination(Record):
    """One decision of CCEE on one LEA and determination year."""

    identifier: ClassVar[tuple[str, ...]] = ("cds", "determination_year")
    about_leas: ClassVar[tuple[tuple[str, ...], ...]] = (("cds", "lea_name"),)

    cds: Cds = about("CDS code of the district or county office")
    lea_name: Name = about("its name on the day of the decision")
    determination_year: Annotated[Whole, between(2022, 2100)] = about("Dashboard year in which the criteria were met")
    consultations: Text = about("with whom CCEE consulted, and when: the LEA, and whoever assisted it before")
    necessary: Literal["yes", "no"] = about("whether CCEE determined that its assistance is necessary")
    determination_date: NeededDay = about("day of the decision")
    reason: Text = about("why, in CCEE's words")
    evidence: Filled = about("letter reference or web address that the record rests on")
    entered_by: Filled = about("who entered the row")
    entered_on: NeededDay = about("day on which the row was entered")
    note: Text = about("remarks")

    def contradictions(self) -> Iterator[Contradiction]:
        """A decision follows the Dashboard that it is about, and the row follows the decision."""
        yield from super().contradictions()
        if lea_kind(self.cds) == "charter":
            yield Contradiction(("cds",), "EC 52072 and 52072.5 do not serve a charter school")
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
