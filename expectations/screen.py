"""One cheap look at a large target: does any row fail at all? In nearly every run none does, and then nothing has to be counted."""

from collections import defaultdict
from collections.abc import Sequence

import duckdb

from expectations.conditions import RowCondition
from expectations.targets import Target, cleaned
from transforms.database import one_row, quote


def nothing_fails(connection: duckdb.DuckDBPyConnection, target: Target, conditions: Sequence[RowCondition]) -> bool:
    """True if no row fails any of the conditions; False says no more than that it pays to count."""
    plain = [c for c in conditions if not c.key]
    if plain and one_row(connection, _in_distinct_texts(target, plain) if target.served else _in_rows(target.relation, plain)) != (0,):
        return False
    return not any(_may_be_doubled(connection, target, c) for c in conditions if c.key)


def _fails(condition: RowCondition) -> str:
    """A row that is not asked for does not fail, nor does one that is not judged because it is null: no comparison with null is true."""
    return f"({condition.asked}) and ({condition.failing})"


def _in_rows(relation: str, conditions: Sequence[RowCondition]) -> str:
    """Number of rows that fail any of the conditions, in one scan."""
    return f"select count(*) from {relation} where {' or '.join(f'({_fails(c)})' for c in conditions)}"


def _in_distinct_texts(target: Target, conditions: Sequence[RowCondition]) -> str:
    """The same on the distinct texts of the columns looked at: to clean a text and to match it costs more than to find the few that there are."""
    by_columns: dict[tuple[str, ...], list[RowCondition]] = defaultdict(list)
    for condition in conditions:
        by_columns[condition.columns].append(condition)
    found = [
        _in_rows(f"(select {', '.join(map(cleaned, columns))} from (select distinct {', '.join(map(quote, columns))} from {target.served}))", together)
        for columns, together in by_columns.items()
    ]
    return f"select sum(n)::bigint from ({' union all '.join(found)}) as t(n)"


def _may_be_doubled(connection: duckdb.DuckDBPyConnection, target: Target, condition: RowCondition) -> bool:
    """True if a key may stand twice: two keys can have the same hash, but the same key has no two."""
    key = ", ".join(map(quote, condition.key))
    row = one_row(connection, f"select count(*) > count(distinct hash({key})) from {target.relation} where {condition.asked}")
    return bool(row[0])
