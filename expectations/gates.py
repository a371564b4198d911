"""The gates between determinations and release. A critical failure, or a check that could not run, means no release."""

import json
import os
from dataclasses import asdict, dataclass
from typing import Any

import duckdb
import pyarrow as pa

from expectations.checks import load_checks
from transforms.database import quote
from transforms.errors import GateError
from transforms.run import Run, StepResult
from transforms.schema import published_tables
from transforms.tables import put

SHOWN_ROWS = 100
RESULT_SCHEMA = pa.schema(
    [
        ("gate", pa.string()),
        ("check_id", pa.string()),
        ("table_name", pa.string()),
        ("severity", pa.string()),
        ("outcome", pa.string()),
        ("failing_rows", pa.int64()),
        ("sentence", pa.string()),
        ("reason", pa.string()),
        ("detail", pa.string()),
    ]
)


@dataclass(frozen=True)
class GateResult:
    """Outcome of one check: passed, failed, or error when it could not run."""

    gate: str
    check_id: str
    table_name: str
    severity: str
    outcome: str
    failing_rows: int
    sentence: str
    reason: str
    detail: str

    @property
    def stops_release(self) -> bool:
        """A critical failure stops the release; so does any check that could not run."""
        return self.outcome == "error" or (self.outcome == "failed" and self.severity == "critical")


def run_gates(run: Run) -> StepResult:
    """Run every check, leave ``meta_gate_results``, and raise GateError if any stops the release."""
    with run.connect() as connection:
        results = [*run_sql_checks(connection), *run_suites(connection)]
        put(connection, "meta_gate_results", pa.Table.from_pylist([asdict(r) for r in results], RESULT_SCHEMA))
    warnings = [r for r in results if r.outcome == "failed" and not r.stops_release]
    run.save_fact("warnings", [{"check_id": r.check_id, "sentence": r.sentence, "failing_rows": r.failing_rows} for r in warnings])
    stopping = [r for r in results if r.stops_release]
    if stopping:
        run.save_fact("gate_results", [asdict(r) for r in results if r.outcome != "passed"])
        raise GateError("\n".join(_told(r) for r in stopping))
    text = f"{len(results)} checks passed" if not warnings else f"{len(results) - len(warnings)} checks passed, {len(warnings)} warnings"
    return StepResult(len(results), len(results), text)


def _told(result: GateResult) -> str:
    """A failure as a person reads it."""
    what = "could not run" if result.outcome == "error" else f"failed ({result.failing_rows:,} rows)"
    return f"Check {result.check_id} {what}: {result.sentence} {result.detail[:2000]}"


def run_sql_checks(connection: duckdb.DuckDBPyConnection) -> list[GateResult]:
    """The checks of checks/*.sql."""
    results = []
    for check in load_checks():
        try:
            relation = connection.sql(check.query)
            columns = relation.columns
            rows = relation.fetchall()
            outcome, count = ("failed" if rows else "passed"), len(rows)
            detail = json.dumps([dict(zip(columns, r, strict=True)) for r in rows[:SHOWN_ROWS]], default=str) if rows else ""
        except duckdb.Error as error:
            outcome, count, detail = "error", 0, str(error)
        results.append(GateResult(check.gate, check.check_id, check.table, check.severity, outcome, count, check.sentence, check.reason, detail))
    return results


def run_suites(connection: duckdb.DuckDBPyConnection) -> list[GateResult]:
    """The Great Expectations suites, on pandas frames: through SQLAlchemy every expectation on DuckDB fails without saying why."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx  # three seconds and 270 MB: only where it is used

    from expectations.suites import SUITES

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = _no_progress_bars()
    source = context.data_sources.add_pandas("tables")
    results = []
    for name, suite in SUITES.items():
        columns = ", ".join(f"{quote(n)}::{c.type} as {quote(n)}" for n, c in published_tables()[name].columns.items())
        frame = connection.sql(f"select {columns} from {quote(name)}").df()
        batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
        report = batch.validate(suite(), result_format="SUMMARY")
        results += [_from_expectation(name, r) for r in report.results]
    return results


def _no_progress_bars() -> Any:
    from great_expectations.data_context.types.base import ProgressBarsConfig

    return ProgressBarsConfig(globally=False)


def _from_expectation(table: str, result: Any) -> GateResult:
    """One expectation's outcome. An exception inside counts as an error of its own, not as a failed check."""
    config = result.expectation_config
    raised = _exception_text(result.exception_info)
    found = result.result or {}
    failing = int(found.get("unexpected_count") or (0 if result.success else 1))
    outcome = "error" if raised else "passed" if result.success else "failed"
    detail = raised or ("" if result.success else json.dumps(found.get("partial_unexpected_list") or found.get("observed_value"), default=str))
    return GateResult(
        "contracts", config.meta["check_id"], table, str(getattr(config.severity, "value", config.severity)), outcome, failing,
        config.meta["sentence"], config.meta["reason"], detail,
    )  # fmt: skip


def _exception_text(info: dict[str, Any] | None) -> str:
    """Message of an exception raised inside an expectation; nested by metric in some of them."""
    if not info:
        return ""
    if "raised_exception" in info:
        return str(info.get("exception_message") or "exception without a message") if info["raised_exception"] else ""
    return "; ".join(t for v in info.values() if isinstance(v, dict) and (t := _exception_text(v)))
