"""Good rows of every published table, few enough to be judged hundreds of times."""

import duckdb

from expectations.results import put_results
from tests.workplace import Workplace
from transforms.database import fetch_one, quote
from transforms.release.meta import write_candidate_meta
from transforms.release.previous import sound_release
from transforms.run import Run
from transforms.schema import Table, published_tables

Decided = tuple[Run, duckdb.DuckDBPyConnection]
ROWS = 40
VALUES = {
    "VARCHAR": "a text that is long enough for a sentence", "BOOLEAN": False, "DOUBLE": 1.0, "DATE": "2024-01-02",
    "TIMESTAMP WITH TIME ZONE": "2024-01-02 03:04:05+00",
    "VARCHAR[]": ["EL"], "TINYINT[]": [4, 6], "SMALLINT[]": [2023],
}  # fmt: skip
# Columns of the sample's empty tables that need a value other than the default of their type.
NAMED = {
    "cds": "27660680000000", "dashboard_year": 2023, "determination_year": 2023, "letter": "B", "student_group": "EL",
    "county_code": "27",
    "source_url": "https://example.org/page", "gate": "release", "record_type": "S", "closed_date": "2025-01-02",
    "sha256": "0a" * 32,
    "successor_cds": "30647660000000",
}  # fmt: skip


def decided(place: Workplace, **changes: object) -> Decided:
    """Decide all tables before the gates, including those about the release."""
    run = place.decided(**changes)
    run.save_fact("inputs_digest", "of a test")
    connection = run.connect()
    put_results(connection, [])
    write_candidate_meta(run, connection, sound_release(run.settings.out))
    return run, connection


def good_rows(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Create a database with a few rows of every published table; rows that the run lacks are made up by type."""
    good = duckdb.connect()
    for table in published_tables().values():
        columns = ", ".join(f"{quote(n)}::{c.type} as {quote(n)}" for n, c in table.columns.items())
        order = ", ".join(map(quote, table.key))
        good.register(
            "few",
            connection.sql(f"select {columns} from {quote(table.name)} order by {order} limit {ROWS}").to_arrow_table(),
        )
        good.execute(f"create table {quote(table.name)} as from few")
        (rows,) = fetch_one(good, f"select count(*) from {quote(table.name)}")
        for n in range(2 - min(rows, 2)):
            values = [_value(table, name, n) for name in table.columns]
            good.execute(f"insert into {quote(table.name)} values ({', '.join('?' for _ in values)})", values)
    return good


def _value(table: Table, name: str, n: int) -> object:
    """Return a value that fits the column; key columns get a different value in each row."""
    column = table.columns[name]
    if column.values:
        return column.values[0]
    if name in NAMED:
        return (
            NAMED[name]
            if name != table.key[0] or n == 0
            else "27661590000000"
            if name == "cds"
            else f"{NAMED[name]}{n}"
        )
    if column.type in VALUES:
        value = VALUES[column.type]
        return f"{value} {n}" if name in table.key and isinstance(value, str) and column.type == "VARCHAR" else value
    return n + 1
