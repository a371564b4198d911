"""Run the checks that are SQL files: every row that one returns is a failing row."""

import duckdb

from expectations.checks import Check, load_checks
from expectations.results import SHOWN_ROWS, GateResult, row_text
from transforms.database import one_row
from transforms.interrupt import stop_if_asked


def run_sql_checks(connection: duckdb.DuckDBPyConnection, gate: str) -> list[GateResult]:
    """Results of the SQL checks of one gate."""
    return [run_check(connection, check) for check in load_checks() if check.gate == gate]


def run_check(connection: duckdb.DuckDBPyConnection, check: Check) -> GateResult:
    """The result of one check. A query that cannot run is an error of its own."""
    stop_if_asked()
    passed = GateResult(check.gate, check.check_id, check.table, check.severity, "passed", 0, check.sentence, check.reason)
    try:
        relation = connection.sql(f"select * from ({check.query}\n) limit {SHOWN_ROWS + 1}")
        columns, rows = relation.columns, relation.fetchall()
        if not rows:
            return passed
        count = len(rows) if len(rows) <= SHOWN_ROWS else int(one_row(connection, f"select count(*) from ({check.query}\n)")[0])
    except duckdb.Error as error:
        stop_if_asked()
        return passed.error(str(error))
    return passed.failed(count, [row_text(columns, row) for row in rows[:SHOWN_ROWS]])
