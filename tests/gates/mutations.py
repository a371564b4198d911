"""For an expectation, violations of it: statements that spoil one row of good ones."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from expectations.conditions import ON_TABLES, literal, row_condition
from transforms.database import quote

WRONG_TEXTS = ("x", "99999990000000", "99999999999999", "no such value")
WRONG_NUMBERS = (1, 6, 11, 99)
# What has to be set beside, because the sample has no row of the kind, or because another check would fail with it.
BESIDE = {
    "evidence-unknown-said": "finding = 'unknown'",
    "evidence-level-range": "finding = 'no_result'",
    "watch_list-preview-provisional": "watch = 'preview_one_more_red'",
    "meta_sources-rows_in-range": "rows_kept = null",
    "state_loans-amount_authorized_usd-range": "amount_drawn_usd = null",
    "indicator_results-current_denominator-range": "current_numerator = null",
    "indicator_results-prior_denominator-range": "prior_numerator = null",
}


@dataclass(frozen=True)
class Mutation:
    """Statements on ``spoiled``, and how many rows then fail."""

    statements: tuple[str, ...]
    failing: int = 1


def mutations_of(connection: duckdb.DuckDBPyConnection, expectation: Any, values: dict[str, tuple[str, ...]]) -> Iterator[Mutation]:
    """Ways to violate the expectation in the first row that it judges. ``values`` are the known values of columns that have few."""
    kind = type(expectation).__name__
    if kind in ON_TABLES:
        yield from _of_table(kind, expectation)
        return
    condition = row_condition(expectation)
    assert condition is not None
    also = BESIDE.get(expectation.meta["check_id"], "")
    for row in _rows(connection, "true") if also else _rows(connection, condition.judged) or _rows(connection, condition.asked):
        if condition.key:
            yield Mutation((f"insert into spoiled from spoiled where rowid = {row}",), 2)
            continue
        for assignment in _assignments(kind, expectation, values):
            yield Mutation((f"update spoiled set {', '.join(filter(None, [assignment, also]))} where rowid = {row}",))


def _rows(connection: duckdb.DuckDBPyConnection, judged: str) -> list[int]:
    """The first rows that are judged: in one of them the violation may hurt another check too."""
    return [row for (row,) in connection.execute(f"select rowid from spoiled where {judged} order by rowid limit 12").fetchall()]


def _of_table(kind: str, expectation: Any) -> Iterator[Mutation]:
    if kind == "ExpectTableRowCountToBeBetween":
        yield Mutation(("delete from spoiled",))
    else:
        yield Mutation((f"alter table spoiled drop column {quote(expectation.column_list[-1])}",))


def _assignments(kind: str, e: Any, values: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """What to set in the row."""
    if kind.startswith("ExpectColumnPair"):
        a, b = quote(e.column_A), quote(e.column_B)
        if kind == "ExpectColumnPairValuesToBeEqual":
            yield f"{a} = 'one', {b} = 'other'"
        else:
            yield f"{b} = {a} + 1" if e.or_equal else f"{a} = {b}"
            yield f"{a} = 1, {b} = 2"
        return
    for value in WRONG[kind](e, values.get(e.column, ())):
        yield f"{quote(e.column)} = {value if value == 'null' else literal(value)}"


def _outside(known: list[Any], of_column: tuple[str, ...]) -> list[Any]:
    """Values that are not in the set; known ones of the column first, so that no other check is hurt."""
    if all(isinstance(v, int) for v in known):
        return [n for n in WRONG_NUMBERS if n not in known]
    return [*(v for v in of_column if v not in known), *(v for v in WRONG_TEXTS if v not in known)]


WRONG: dict[str, Callable[[Any, tuple[str, ...]], list[Any]]] = {
    "ExpectColumnValuesToNotBeNull": lambda e, known: ["null"],
    "ExpectColumnValuesToBeInSet": lambda e, known: _outside(list(e.value_set), known),
    "ExpectColumnValuesToBeBetween": lambda e, known: [v + step for v, step in ((e.min_value, -1), (e.max_value, 1)) if v is not None],
    "ExpectColumnValuesToMatchRegex": lambda e, known: list(WRONG_TEXTS),
    "ExpectColumnValueLengthsToBeBetween": lambda e, known: ["short"],
}
