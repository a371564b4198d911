"""The watch list by LEA, nearest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from reports.book import Book
from reports.figures import ORDER, place
from reports.published import Row, grouped
from reports.site.tallies import LeaLine
from transforms.wording.sentences import joined

NEARNESS = {  # kinds of nearness, with their text; {year} is the next Dashboard
    "group": (
        "one student group short",
        "One more group is needed. Any of these would do, if it meets the criteria on the {year} Dashboard too.",
    ),
    "year": (
        "one year short",
        "Two or more groups are needed, and enough lack only one year."
        " They would have to meet the criteria on the {year} Dashboard too.",
    ),
    "preview": (
        "provisional preview",
        "Three years of assistance would follow, by criteria of {year} that are not confirmed.",
    ),
    "eligible": (
        "already eligible",
        "These groups would count too, if they meet the criteria on the {year} Dashboard.",
    ),
    "counts": (
        "not near",
        "These groups would count, if they meet the criteria on the {year} Dashboard too, but are too few.",
    ),
}
SHOWN_FIRST = ("group", "year", "preview")  # the others are shown on request


@dataclass(frozen=True)
class Watched:
    """An LEA and what one more Dashboard would do for it."""

    row: Row  # from the table, for the columns that are the same in all of its rows
    near: str  # a key of NEARNESS
    groups: list[tuple[str, Row]]  # name of the group, and its row
    by: str = ""  # names of other pathways by which it is already eligible

    @property
    def codes(self) -> str:
        """Codes of the groups, for filters."""
        return "|".join(r["student_group"] for _, r in self.groups)

    @property
    def choices(self) -> str:
        """Values of the choice "How near" that include it."""
        return "|".join([self.near, *(["nearest"] if self.near in SHOWN_FIRST else []), "all"])


def nearness(row: Row, eligible: set[str]) -> str:
    """Return how near the LEA of a watch list row is: a key of NEARNESS. ``eligible``: codes of eligible LEAs."""
    if row["watch"].startswith("preview"):
        return "preview"
    if row["cds"] in eligible:
        return "eligible"
    if not row["would_be_eligible"]:
        return "counts"
    return "group" if row["watch"] == "one_more_group" else "year"


def eligible_by(book: Book, lines: Iterable[LeaLine]) -> tuple[set[str], dict[str, str]]:
    """Return codes of LEAs eligible by the Continuum of Support, and pathway names of LEAs eligible only by others."""
    eligible, others = set(), {}
    for line in lines:
        by = [p for p, v in line.verdicts.items() if v["status"] == "eligible"]
        if "continuum" in by:
            eligible.add(line.lea["cds"])
        elif by:
            others[line.lea["cds"]] = joined([book.pathway_names[p] for p in by])
    return eligible, others


def by_nearness(
    book: Book, watched: list[Row], eligible: set[str], others: Mapping[str, str] = MappingProxyType({})
) -> list[Watched]:
    """Return one line per LEA and how near it is.

    ``eligible``: codes of LEAs eligible by the Continuum of Support. ``others``: names of other pathways, by code.
    """
    found = grouped(watched, lambda row: (nearness(row, eligible), row["cds"], row["watch"]))
    order = list(NEARNESS)
    lines = [
        Watched(
            of[0], near, [(book.groups[r["student_group"]], r) for r in sorted(of, key=_group)], others.get(cds, "")
        )
        for (near, cds, _), of in found.items()
    ]
    return sorted(lines, key=lambda w: (order.index(w.near), w.row["county"] or "", w.row["lea_name"], w.row["cds"]))


def _group(row: Row) -> tuple[int, str]:
    return place(row["student_group"], ORDER)
