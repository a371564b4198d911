"""Which LEA went on under which CDS code: CDE begins a new history with a new code, and a person says whose history
came before.
"""

from collections.abc import Iterator
from typing import ClassVar, Literal

from transforms.registers.fields import Address, Cds, Contradiction, Filled, Name, NeededDay, Record, Text, about
from transforms.registers.names import lea_kind
from transforms.wording.sentences.phrases import LEA_WORDS

SuccessionKind = Literal["county_transfer", "unification", "merger", "lapsation", "charter_moved"]


class Succession(Record):
    """One code that ended, and the code under which its schools went on. A merger has one row for each predecessor."""

    identifier: ClassVar[tuple[str, ...]] = ("predecessor_cds", "successor_cds")
    about_leas: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("predecessor_cds", "predecessor_name"),
        ("successor_cds", "successor_name"),
    )

    predecessor_cds: Cds = about("CDS code that ended")
    predecessor_name: Name = about("name of the LEA under that code")
    successor_cds: Cds = about("CDS code that followed it")
    successor_name: Name = about("name of the LEA under the new code")
    succession_date: NeededDay = about("first day of the new code")
    kind: SuccessionKind = about("what happened")
    source_url: Address = about("page that the record rests on")
    source_note: Text = about("what the page says, and what else shows it")
    entered_by: Filled = about("who entered the row")
    entered_on: NeededDay = about("day on which the row was entered")

    def contradictions(self) -> Iterator[Contradiction]:
        """Both codes are of one kind, and differ as the kind of succession says."""
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
