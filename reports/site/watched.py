"""The watch list by LEA, the nearest first."""

from collections import defaultdict
from dataclasses import dataclass

from reports.book import Book
from reports.figures import ORDER, place
from reports.published import Row

NEAR = {  # how near an LEA is, and what is said of each
    "group": ("one student group short", "any one of these groups would make it eligible"),
    "year": ("one year short", "it would be eligible if all of these groups met the criteria"),
    "preview": ("provisional preview", "three years of assistance, by criteria that are not confirmed"),
    "eligible": ("already eligible", "one more group would count"),
    "counts": ("not near", "these groups would count, and would not be enough"),
}


@dataclass(frozen=True)
class Watched:
    """An LEA and what one more Dashboard would do for it."""

    row: Row  # of the table, for what all of its rows have in common
    near: str  # a key of NEAR
    groups: list[tuple[str, Row]]  # name of the group, and its row

    @property
    def codes(self) -> str:
        """Codes of the groups, to filter by."""
        return "|".join(r["student_group"] for _, r in self.groups)


def near_of(row: Row, eligible: set[str]) -> str:
    """How near the LEA of a row of the watch list is: a key of NEAR. ``eligible``: codes of LEAs that are."""
    if row["watch"].startswith("preview"):
        return "preview"
    if row["cds"] in eligible:
        return "eligible"
    if not row["would_be_eligible"]:
        return "counts"
    return "group" if row["watch"] == "one_more_group" else "year"


def by_nearness(book: Book, watched: list[Row], eligible: set[str]) -> list[Watched]:
    """One line per LEA and how near it is."""
    found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in watched:
        found[near_of(row, eligible), row["cds"], row["watch"]].append(row)
    order = list(NEAR)
    lines = [
        Watched(of[0], near, [(book.groups[r["student_group"]], r) for r in sorted(of, key=_group)])
        for (near, _, _), of in found.items()
    ]
    return sorted(lines, key=lambda w: (order.index(w.near), w.row["county"] or "", w.row["lea_name"], w.row["cds"]))


def _group(row: Row) -> tuple[int, str]:
    return place(row["student_group"], ORDER)
