"""Check the rules of the schema before publishing. One generated statement per table counts the rows that break each
rule.

Publishing enforces the same rules as constraints. Here a violation is a named check with its failing rows instead of a
database error.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import duckdb

from expectations.checks import Check
from expectations.results import GateResult, passed, run_check
from transforms.database import fetch_one, literal, quote
from transforms.interrupt import stop_if_signaled
from transforms.release.check_result import CheckClass, severity_of
from transforms.run import Run
from transforms.schema import Table

NAMING = ("lea_name", "source_id", "file", "source_line", "line")  # with the key, they show people which row it is


def check_tables(run: Run, connection: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> list[GateResult]:
    """Return the results of the schema rules of these tables."""
    results = []
    for table in tables:
        run.notify(f"checking {table.name}", 0, None)
        results += check_table(connection, table)
    return results


def check_table(connection: duckdb.DuckDBPyConnection, table: Table) -> list[GateResult]:
    """Return one result per rule; a single error if the table cannot be judged because a column is missing."""
    stop_if_signaled()
    checks = checks_of(table)
    conditions = [f"count(*) filter (where not ({c.condition}))" for c in table.constraints()]
    try:
        found = connection.execute(f"select column_name, column_type from (describe {quote(table.name)})").fetchall()
        counts = [*conditions, *_counts(table, dict(found))]
        broken = fetch_one(connection, f"select {', '.join(counts)} from {quote(table.name)}")
    except duckdb.Error as error:
        stop_if_signaled()
        return [passed(checks[-1]).error(str(error))]
    return [run_check(connection, check) if rows else passed(check) for check, rows in zip(checks, broken, strict=True)]


def checks_of(table: Table) -> list[Check]:
    """Return every rule of a table as a check. The last one is that values fit the types they are published with."""
    name, key = table.name, ", ".join(map(quote, table.key))
    checks = []
    for c in table.constraints():
        broken = _failing(table, f"not ({c.condition})", [c.column])
        checks.append(_check(table, c.check_id, c.sentence, c.reason, broken, c.enforced))
    identify = f"{', '.join(table.key)} {'identify' if len(table.key) > 1 else 'identifies'} a row."
    doubled = _failing(table, f"true qualify count(*) over (partition by {key}) > 1", [])
    why = "A duplicate row would count twice."
    checks.append(_check(table, f"{name}-key", identify, why, doubled, table.key_is_enforced))
    if not table.may_be_empty:
        empty = f"select {literal(name)} as table_name, count(*) as rows from {quote(name)} having count(*) = 0"
        why = "An empty table passes every other check."
        checks.append(_check(table, f"{name}-not-empty", "The table has rows.", why, empty))
    unfit = _failing(table, _type_mismatch(table), list(table.columns))
    readable = f"The table {name} can be read with the types of its schema."
    return [
        *checks,
        _check(table, f"{name}-readable", readable, "A table that cannot be read cannot be published.", unfit),
    ]


def _counts(table: Table, types: Mapping[str, str]) -> list[str]:
    """Return the counts other than those of conditions. ``types`` are the current types of the columns.

    Keys are counted by hash. The keys themselves are compared only if a hash occurs twice.
    """
    key = ", ".join(map(quote, table.key))
    empty = [] if table.may_be_empty else ["count(*) = 0"]
    return [
        f"count(*) - count(distinct hash({key}))",
        *empty,
        f"count(*) filter (where {_type_mismatch(table, types)})",
    ]


def _type_mismatch(table: Table, types: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return a condition that is true for a row with a value, or an element of a list, that its published type cannot
    hold. Columns that already have the type are not tried.
    """
    lost = {n: f"distinct from {quote(n)}" if c.type.endswith("[]") else "null" for n, c in table.columns.items()}
    unfit = [
        f"{quote(n)} is not null and try_cast({quote(n)} as {c.type}) is {lost[n]}"
        for n, c in table.columns.items()
        if types.get(n) != c.type
    ]
    return " or ".join(unfit) or "false"


def _failing(table: Table, condition: str, extra_columns: Sequence[str]) -> str:
    """Return a query for the rows that meet the condition: key, naming columns and ``looked_at``, ordered by key."""
    shown = [c for c in dict.fromkeys((*table.key, *NAMING, *extra_columns)) if c in table.columns]
    columns, key = (", ".join(map(quote, names)) for names in (shown, table.key))
    return f"select {columns} from {quote(table.name)} where {condition} order by {key}"


def _check(table: Table, check_id: str, sentence: str, reason: str, query: str, enforced: bool = True) -> Check:
    """Return a check: of class impossible if the rule is enforced, otherwise unusual, because no verdict uses it."""
    check_class: CheckClass = "impossible" if enforced else "unusual"
    return Check(check_id, "contracts", check_class, severity_of(check_class), table.name, sentence, reason, query)
