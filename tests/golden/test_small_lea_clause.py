"""The truth table of the small-LEA clause: every set of up to four groups, with every possibility for the unknowns."""

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement, product
from typing import NamedTuple

import duckdb
import pyarrow as pa

from transforms.sql import build_table
from transforms.tables import put


class Group(NamedTuple):
    """A student group: whether it exists in the determination year, and met the criteria in three of four Dashboards.

    None means not known.
    """

    exists: bool | None
    counts: bool | None


KINDS = tuple(Group(exists, counts) for exists in (True, None, False) for counts in (True, None, False))
SETS = [groups for n in (1, 2, 3, 4) for groups in combinations_with_replacement(KINDS, n)]


def worlds(groups: Sequence[Group]) -> Iterator[bool]:
    """Yield the clause in every world that is possible with what is known.

    The clause: the LEA has one or two groups, and all of them met the criteria.
    """
    choices = [
        product((True, False) if g.exists is None else (g.exists,), (True, False) if g.counts is None else (g.counts,))
        for g in groups
    ]
    for world in product(*choices):
        existing = [counts for exists, counts in world if exists]
        yield 1 <= len(existing) < 3 and all(existing)


def test_the_clause_is_true_in_every_world_or_possible_in_some() -> None:
    rows = [
        {
            "cds": str(n),
            "determination_year": 2024,
            "has_result": g.exists is True,
            "may_have_result": g.exists is not False,
            "counts": g.counts is True,
            "may_count": g.counts is not False,
            "may_count_joined": g.counts is not False,
        }
        for n, groups in enumerate(SETS)
        for g in groups
    ]
    with duckdb.connect() as connection:
        put(connection, "continuum_groups", pa.Table.from_pylist(rows))
        build_table(connection, "determinations", "small_lea_clause")
        found = {
            int(cds): rest
            for cds, *rest in connection.execute(
                "select cds, holds, may_hold, may_hold_joined from small_lea_clause"
            ).fetchall()
        }
    for n, groups in enumerate(SETS):
        possible = list(worlds(groups))
        assert found[n] == [all(possible), any(possible), any(possible)], groups


def test_years_under_a_former_code_count_separately() -> None:
    row = {
        "cds": "1",
        "determination_year": 2024,
        "has_result": True,
        "may_have_result": True,
        "counts": False,
        "may_count": False,
        "may_count_joined": True,
    }
    with duckdb.connect() as connection:
        put(connection, "continuum_groups", pa.Table.from_pylist([row]))
        build_table(connection, "determinations", "small_lea_clause")
        assert connection.execute("select holds, may_hold, may_hold_joined from small_lea_clause").fetchall() == [
            (False, False, True)
        ]
