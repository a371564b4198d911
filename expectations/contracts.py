"""What the schema says, judged before publishing: one generated statement per table counts, for each of its rules, the rows that break it.

Publishing enforces the same rules as constraints. Here a violation is a named check with its failing rows, instead of an error of the database.
"""

from collections.abc import Iterable, Sequence

import duckdb

from expectations.checks import Check
from expectations.results import GateResult, passed
from expectations.sql_checks import run_check
from transforms.check_result import CheckClass, severity_of
from transforms.database import literal, one_row, quote
from transforms.interrupt import stop_if_asked
from transforms.run import Run
from transforms.schema import Table

NAMING = ("lea_name", "source_id", "file", "source_line", "line")  # beside the key, what tells a person which row it is


def check_tables(run: Run, connection: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> list[GateResult]:
    """Results of what the schema says of these tables."""
    results = []
    for table in tables:
        run.notify(f"checking {table.name}", 0, None)
        results += check_table(connection, table)
    return results


def check_table(connection: duckdb.DuckDBPyConnection, table: Table) -> list[GateResult]:
    """One result per rule. Where the table cannot be judged, because it or a column is missing, the only one says so."""
    stop_if_asked()
    checks = checks_of(table)
    counts = ", ".join([*(f"count(*) filter (where not ({c.condition}))" for c in table.constraints()), *_counts(table)])
    try:
        broken = one_row(connection, f"select {counts} from {quote(table.name)}")
    except duckdb.Error as error:
        stop_if_asked()
        return [passed(checks[-1]).error(str(error))]
    return [run_check(connection, check) if rows else passed(check) for check, rows in zip(checks, broken, strict=True)]


def checks_of(table: Table) -> list[Check]:
    """Every rule of a table as a check; the last is that its values fit the types that they are published with."""
    name, key = table.name, ", ".join(map(quote, table.key))
    checks = [_check(table, c.check_id, c.sentence, c.reason, _failing(table, f"not ({c.condition})", [c.column]), c.enforced) for c in table.constraints()]
    identify = f"{', '.join(table.key)} {'identify' if len(table.key) > 1 else 'identifies'} a row."
    doubled = _failing(table, f"true qualify count(*) over (partition by {key}) > 1", [])
    checks.append(_check(table, f"{name}-key", identify, "A doubled row is judged or counted twice.", doubled, table.key_is_enforced))
    if not table.may_be_empty:
        empty = f"select {literal(name)} as table_name, count(*) as rows from {quote(name)} having count(*) = 0"
        checks.append(_check(table, f"{name}-not-empty", "The table has rows.", "An empty table passes every other check.", empty))
    unfit = _failing(table, _unfit(table), list(table.columns))
    readable = f"The table {name} can be read with the types of its schema."
    return [*checks, _check(table, f"{name}-readable", readable, "What cannot be read cannot be published.", unfit)]


def _counts(table: Table) -> list[str]:
    """The counts beside those of conditions. Two keys can have the same hash, but the same key has no two: only then the key itself is looked at."""
    key = ", ".join(map(quote, table.key))
    empty = [] if table.may_be_empty else ["count(*) = 0"]
    return [f"count(*) - count(distinct hash({key}))", *empty, f"count(*) filter (where {_unfit(table)})"]


def _unfit(table: Table) -> str:
    """True for a row with a value that its published type cannot hold; of a list, any of its values."""
    return " or ".join(
        f"{quote(n)} is not null and try_cast({quote(n)} as {c.type}) is {'distinct from ' + quote(n) if c.type.endswith('[]') else 'null'}"
        for n, c in table.columns.items()
    )


def _failing(table: Table, condition: str, looked_at: Sequence[str]) -> str:
    """The rows for which the condition is true, in the order of the key, with what identifies them and what was looked at."""
    shown = [c for c in dict.fromkeys((*table.key, *NAMING, *looked_at)) if c in table.columns]
    return f"select {', '.join(map(quote, shown))} from {quote(table.name)} where {condition} order by {', '.join(map(quote, table.key))}"


def _check(table: Table, check_id: str, sentence: str, reason: str, query: str, enforced: bool = True) -> Check:
    """A broken contract of our own is impossible; what no verdict rests on only warns."""
    check_class: CheckClass = "impossible" if enforced else "unusual"
    return Check(check_id, "contracts", check_class, severity_of(check_class), table.name, sentence, reason, query)
