"""Results of checks: the outcome, the number of failing rows, and the first of them. Runs the SQL checks."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import duckdb
import pyarrow as pa

from expectations.checks import Check, load_checks
from transforms.database import fetch_one, first_column, quote
from transforms.interrupt import stop_if_signaled
from transforms.release.check_result import CheckResult, count_failed
from transforms.release.digests import rows_digest
from transforms.schema import published_tables
from transforms.tables import put

GATES = ("files", "contracts", "determinations", "release")
SHOWN_ROWS = 100
IN_DETAIL = 5
NOT_PUBLISHED = ("rows", "rows_digest", "sources")


@dataclass(frozen=True)
class GateResult(CheckResult):
    """The outcome of one check; ``rows`` are the first failing rows, as JSON.

    ``rows_digest`` is the digest of all failing rows; ``sources`` are the source files that they name.
    """

    rows: tuple[str, ...] = ()
    rows_digest: str = ""
    sources: tuple[str, ...] = ()

    def failed(self, count: int, rows: Sequence[str], digest: str = "", sources: Iterable[str] = ()) -> "GateResult":
        """Return this result as failed for ``count`` rows. ``rows`` are the first of them."""
        shown = "[" + ", ".join(rows[:IN_DETAIL]) + "]"
        digest = digest or digest_of(rows)
        named = tuple(sorted(set(sources)))
        return replace(
            self,
            outcome="failed",
            failing_rows=count,
            rows=tuple(rows[:SHOWN_ROWS]),
            detail=shown,
            rows_digest=digest,
            sources=named,
        )

    def error(self, message: str) -> "GateResult":
        """Return this result for a check that could not run."""
        return replace(self, outcome="error", failing_rows=0, rows=(), detail=message)

    def described(self) -> str:
        """Return the failure as a line for people."""
        what = "could not run" if self.outcome == "error" else count_failed(self.failing_rows)
        return (
            f"Check {self.check_id} ({self.check_class}) on {self.table_name} {what}: {self.sentence}"
            f" {self.detail[:2000]}"
        )


def passed(check: Check) -> GateResult:
    """Return the result of a check that passed."""
    return GateResult(
        check.gate,
        check.check_id,
        check.table,
        check.check_class,
        check.severity,
        "passed",
        0,
        check.sentence,
        check.reason,
    )


def digest_of(texts: Iterable[str]) -> str:
    """Return the digest of texts in their order."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def row_text(columns: Sequence[str], row: Sequence[Any]) -> str:
    """Return a failing row as JSON. Values that JSON does not know are written as text."""
    return json.dumps(dict(zip(columns, row, strict=True)), default=str, ensure_ascii=False)


def put_results(connection: duckdb.DuckDBPyConnection, results: Iterable[GateResult]) -> None:
    """Write the tables meta_gate_results and meta_gate_rows, with the types of their schema."""
    results = list(results)
    checks = [{k: v for k, v in asdict(r).items() if k not in NOT_PUBLISHED} for r in results]
    rows = [
        {"gate": r.gate, "check_id": r.check_id, "table_name": r.table_name, "row_number": n, "failing_row": text}
        for r in results
        for n, text in enumerate(r.rows, 1)
    ]
    for name, content in (("meta_gate_results", checks), ("meta_gate_rows", rows)):
        put(connection, name, pa.Table.from_pylist(content, published_tables()[name].arrow_schema()))


FAILING = "failing_rows"


def run_sql_checks(connection: duckdb.DuckDBPyConnection, gate: str) -> list[GateResult]:
    """Return the results of the SQL checks of one gate."""
    return [run_check(connection, check) for check in load_checks() if check.gate == gate]


def run_check(connection: duckdb.DuckDBPyConnection, check: Check) -> GateResult:
    """Return the result of one check: an error if its query cannot run."""
    stop_if_signaled()
    found = passed(check)
    try:
        relation = connection.sql(f"select * from ({check.query}\n) limit {SHOWN_ROWS + 1}")
        columns, rows = relation.columns, relation.fetchall()
        if not rows:
            return found
        connection.execute(f"create or replace temp table {FAILING} as {check.query}")  # queried several times
        (count,) = fetch_one(connection, f"select count(*) from {FAILING}")
        digest, sources = rows_digest(connection, FAILING, columns), sources_in(connection, FAILING, columns)
        connection.execute(f"drop table {FAILING}")
    except duckdb.Error as error:
        stop_if_signaled()
        return found.error(str(error))
    return found.failed(count, [row_text(columns, row) for row in rows[:SHOWN_ROWS]], digest, sources)


def sources_in(connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str]) -> list[str]:
    """Return the source files that rows name in ``source_id``, another column of a source id, or a list of ids."""
    named = [quote(c) for c in columns if c == "source_id" or c.endswith("_source_id")]
    named += [f"unnest({quote(c)})" for c in columns if c.endswith("source_ids")]
    if not named:
        return []
    found = first_column(connection, " union ".join(f"select {name} as source_id from {relation}" for name in named))
    return [source_id for source_id in found if source_id is not None]
