"""Differences from CDE's flags that a person has looked at and accepted, each with a reason, a day and an expiry."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from transforms.registers.fields import (
    Cds,
    ComingDay,
    Contradiction,
    Filled,
    NameOrEmpty,
    NeededDay,
    Record,
    Said,
    Whole,
    about,
    between,
    fitting,
)


class AcceptedDifference(Record):
    """One row of reconciliation that is known to differ, as it differs."""

    identifier: ClassVar[tuple[str, ...]] = ("cds", "dashboard_year", "flag")
    about_leas: ClassVar[tuple[tuple[str, ...], ...]] = (("cds", "lea_name"),)
    added_later: ClassVar[frozenset[str]] = frozenset({"lea_name"})

    cds: Cds = about("CDS code of the LEA")
    lea_name: NameOrEmpty = about("name of the LEA")
    dashboard_year: Annotated[Whole, between(2017, 2100)] = about("Dashboard year")
    flag: Filled = about("flag that differs, as in reconciliation")
    ours: Said = about("our value")
    cde: Said = about("CDE's value")
    reason: Annotated[Filled, fitting(r"(?s).{10,}", "say it in ten characters or more")] = about(
        "why the difference is accepted"
    )
    accepted_on: NeededDay = about("day on which it was accepted")
    expires_on: ComingDay = about("day after which it is looked at again")

    def contradictions(self) -> Iterator[Contradiction]:
        """An acceptance lasts for some time."""
        yield from super().contradictions()
        if self.dashboard_year is None:
            yield Contradiction(("dashboard_year",), "it must not be empty")
        if self.expires_on <= self.accepted_on:
            yield Contradiction(("expires_on", "accepted_on"), "expires_on lies after accepted_on")
