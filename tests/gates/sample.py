"""Good rows of every published table, few enough to be judged hundreds of times."""

from dataclasses import dataclass, replace
from typing import Any

import duckdb

from expectations.conditions import row_condition
from expectations.results import put_results
from expectations.suites import suite_of
from expectations.targets import Target, table_target
from tests.workplace import Workplace
from transforms.database import quote
from transforms.release import write_candidate_meta
from transforms.run import Run
from transforms.schema import Table, published_tables

ROWS = 40
VALUES = {
    "VARCHAR": "a text that is long enough for a sentence", "BOOLEAN": False, "DOUBLE": 1.0, "DATE": "2024-01-02", "TIMESTAMP": "2024-01-02 03:04:05",
    "VARCHAR[]": ["EL"], "TINYINT[]": [4, 6], "SMALLINT[]": [2023],
}  # fmt: skip
# Columns of the sample's empty tables that need another value than their type's.
NAMED = {
    "cds": "27660680000000", "dashboard_year": 2023, "determination_year": 2023, "letter": "B", "student_group": "EL", "county_code": "27",
    "source_url": "https://example.org/page", "gate": "release", "record_type": "S", "closed_date": "2025-01-02", "sha256": "0a" * 32,
    "successor_cds": "30647660000000",
}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """A table of good rows, what a suite is run on, and the suite. ``values`` are the known values of columns that have few."""

    name: str
    target: Target
    expectations: list[Any]
    values: dict[str, tuple[str, ...]]


def decided(place: Workplace, **changes: object) -> tuple[Run, duckdb.DuckDBPyConnection]:
    """All tables of a run before the gates, those about the release too."""
    from flows.steps import STEPS

    run = Run.start(place.settings(**changes))
    for step in STEPS:
        if step.name not in ("compare", "gates", "release"):
            step.function(run)
    run.save_fact("inputs_digest", "of a test")
    connection = run.connect()
    put_results(connection, [])
    write_candidate_meta(run, connection)
    return run, connection


def good_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, Sample]:
    """A table of good rows for every published table; what the run has none of is made up by type."""
    return {table.name: _of_table(connection, table) for table in published_tables().values()}


def _of_table(connection: duckdb.DuckDBPyConnection, table: Table) -> Sample:
    sample = few(connection, table_target(connection, table), suite_of(table.name).expectations, {n: c.values for n, c in table.columns.items()})
    missing = max(0, 2 - sample.target.rows)
    for n in range(missing):
        values = [_value(table, name, n) for name in table.columns]
        connection.execute(f"insert into {sample.name} values ({', '.join('?' for _ in values)})", values)
    return replace(sample, target=replace(sample.target, rows=sample.target.rows + missing))


def few(connection: duckdb.DuckDBPyConnection, target: Target, expectations: list[Any], values: dict[str, tuple[str, ...]]) -> Sample:
    """The first rows by key, and of every kind of row that an expectation asks for, the first two."""
    name, order = quote(f"good_{target.name}"), ", ".join(map(quote, target.key))
    asked = {c.judged for e in expectations if (c := row_condition(e)) is not None}
    parts = [
        f"(from {target.relation} order by {order} limit {ROWS})",
        *(f"(from {target.relation} where {j} order by {order} limit 2)" for j in sorted(asked)),
    ]
    connection.execute(f"create or replace temp table {name} as select distinct * from ({' union all '.join(parts)}) order by {order}")
    return Sample(
        name, replace(target, relation=name, rows=connection.sql(f"from {name}").shape[0], served=name if target.served else ""), expectations, values
    )


def _value(table: Table, name: str, n: int) -> object:
    """A value that fits the column; of the key, another in each row."""
    column = table.columns[name]
    if column.values:
        return column.values[0]
    if name in NAMED:
        return NAMED[name] if name != table.key[0] or n == 0 else "27661590000000" if name == "cds" else f"{NAMED[name]}{n}"
    if column.type in VALUES:
        value = VALUES[column.type]
        return f"{value} {n}" if name in table.key and isinstance(value, str) and column.type == "VARCHAR" else value
    return n + 1
