"""What a check found: outcome, how many rows fail, and the first of them."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import duckdb
import pyarrow as pa

from expectations.checks import Check
from transforms.release.check_result import CheckResult, count_failed
from transforms.schema import published_tables
from transforms.tables import put

GATES = ("files", "contracts", "determinations", "release")
SHOWN_ROWS = 100
IN_DETAIL = 5
NOT_PUBLISHED = ("rows", "rows_digest", "sources")


@dataclass(frozen=True)
class GateResult(CheckResult):
    """The outcome of one check; ``rows`` are the first that fail, as JSON.

    ``rows_digest`` is of all rows that fail; ``sources`` are the source files that they name.
    """

    rows: tuple[str, ...] = ()
    rows_digest: str = ""
    sources: tuple[str, ...] = ()

    def failed(self, count: int, rows: Sequence[str], digest: str = "", sources: Iterable[str] = ()) -> "GateResult":
        """The same check, failed for ``count`` rows, the first of which are ``rows``."""
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
        """The same check, which could not run."""
        return replace(self, outcome="error", failing_rows=0, rows=(), detail=message)

    def described(self) -> str:
        """A failure as a person reads it."""
        what = "could not run" if self.outcome == "error" else count_failed(self.failing_rows)
        return (
            f"Check {self.check_id} ({self.check_class}) on {self.table_name} {what}: {self.sentence}"
            f" {self.detail[:2000]}"
        )


def passed(check: Check) -> GateResult:
    """The result of a check before it is judged."""
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
    """Digest of texts in their order."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def row_text(columns: Sequence[str], row: Sequence[Any]) -> str:
    """A failing row as JSON; values that JSON does not know are written as text."""
    return json.dumps(dict(zip(columns, row, strict=True)), default=str, ensure_ascii=False)


def put_results(connection: duckdb.DuckDBPyConnection, results: Iterable[GateResult]) -> None:
    """Leave the tables meta_gate_results and meta_gate_rows, with the types of their schema."""
    results = list(results)
    checks = [{k: v for k, v in asdict(r).items() if k not in NOT_PUBLISHED} for r in results]
    rows = [
        {"gate": r.gate, "check_id": r.check_id, "table_name": r.table_name, "row_number": n, "failing_row": text}
        for r in results
        for n, text in enumerate(r.rows, 1)
    ]
    for name, content in (("meta_gate_results", checks), ("meta_gate_rows", rows)):
        put(connection, name, pa.Table.from_pylist(content, published_tables()[name].arrow_schema()))
