"""Run the checks that are SQL files: every row that one returns is a failing row."""

from collections.abc import Sequence

import duckdb

from expectations.checks import Check, load_checks
from expectations.results import SHOWN_ROWS, GateResult, passed, row_text
from transforms.database import first_column, one_row, quote
from transforms.interrupt import stop_if_asked
from transforms.release.digests import rows_digest

FAILING = "failing_rows"


def run_sql_checks(connection: duckdb.DuckDBPyConnection, gate: str) -> list[GateResult]:
    """Results of the SQL checks of one gate."""
    return [run_check(connection, check) for check in load_checks() if check.gate == gate]


def run_check(connection: duckdb.DuckDBPyConnection, check: Check) -> GateResult:
    """The result of one check. A query that cannot run is an error of its own."""
    stop_if_asked()
    found = passed(check)
    try:
        relation = connection.sql(f"select * from ({check.query}\n) limit {SHOWN_ROWS + 1}")
        columns, rows = relation.columns, relation.fetchall()
        if not rows:
            return found
        connection.execute(f"create or replace temp table {FAILING} as {check.query}")  # asked of it several times
        (count,) = one_row(connection, f"select count(*) from {FAILING}")
        digest, sources = rows_digest(connection, FAILING, columns), sources_in(connection, FAILING, columns)
        connection.execute(f"drop table {FAILING}")
    except duckdb.Error as error:
        stop_if_asked()
        return found.error(str(error))
    return found.failed(count, [row_text(columns, row) for row in rows[:SHOWN_ROWS]], digest, sources)


def sources_in(connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str]) -> list[str]:
    """Source files that rows name: by ``source_id``, the id of a file that is compared with, or by a list of them."""
    named = [quote(c) for c in columns if c == "source_id" or c.endswith("_source_id")]
    named += [f"unnest({quote(c)})" for c in columns if c.endswith("source_ids")]
    if not named:
        return []
    found = first_column(connection, " union ".join(f"select {name} as source_id from {relation}" for name in named))
    return [source_id for source_id in found if source_id is not None]
