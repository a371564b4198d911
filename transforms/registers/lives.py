"""CDS codes live from one succession to the next: acts lie within the life of their code, and none follows itself."""

from collections.abc import Iterator, Sequence
from datetime import date

from transforms.registers.cases import Case
from transforms.registers.others import NecessityDetermination, Succession
from transforms.registers.problems import Found, Line, Lines

NEW_CODE = ("county_transfer", "unification", "charter_moved")  # a merger or lapsation may go on under an older code


def problems_of_lives(lines: Lines, cases: Sequence[str]) -> Found:
    """Name of the register and the problem: acts under a code before it began or after it ended, and codes that follow
    each other in a circle or out of order.
    """
    successions = [(line, s) for line in lines["successions"] if isinstance(s := line.record, Succession)]
    yield from _codes_out_of_order(successions)
    ends = {s.predecessor_cds: (line, s.succession_date) for line, s in successions}
    begins = {s.successor_cds: (line, s.succession_date) for line, s in successions if s.kind in NEW_CODE}
    for name in (*cases, "necessity_determinations"):
        for line in lines[name]:
            for column, cds, day in _acts(line):
                if cds in ends and day >= ends[cds][1]:
                    row, last = ends[cds]
                    said = f"{row.file}, line {row.number} says that this code ended before {last}; give the new code"
                    yield name, line.problem(column, said, (column, "cds"))
                elif cds in begins and day < begins[cds][1]:
                    row, first = begins[cds]
                    said = f"{row.file}, line {row.number} says that this code began on {first}; give the earlier code"
                    yield name, line.problem(column, said, (column, "cds"))


def _acts(line: Line) -> Iterator[tuple[str, str, date]]:
    """Each dated act of a row: column, code and day. A replaced case does not count, so its code may be a mistake."""
    record = line.record
    if isinstance(record, NecessityDetermination):
        yield "determination_date", record.cds, record.determination_date
    elif isinstance(record, Case) and not record.superseded_by:
        for column in (*record.acts, "engagement_start"):
            if day := getattr(record, column):
                yield column, record.cds, day


def _codes_out_of_order(successions: Sequence[tuple[Line, Succession]]) -> Found:
    for line, one in successions:
        if one.predecessor_cds in _codes_after(one.successor_cds, successions):
            said = "these codes follow each other in a circle"
            yield "successions", line.problem("successor_cds", said, ("predecessor_cds", "successor_cds"))
        for other, later in successions:
            ends_too_early = later.predecessor_cds == one.successor_cds and later.succession_date <= one.succession_date
            if ends_too_early and one.kind in NEW_CODE:
                said = (
                    f"by {other.file}, line {other.number} the new code ended before it began ({later.succession_date})"
                )
                yield "successions", line.problem("succession_date", said)


def _codes_after(cds: str, successions: Sequence[tuple[Line, Succession]]) -> set[str]:
    """Every code that followed a code, directly or by others."""
    found: set[str] = set()
    asked = [cds]
    while asked:
        code = asked.pop()
        after = {s.successor_cds for _, s in successions if s.predecessor_cds == code} - found
        found |= after
        asked += after
    return found
