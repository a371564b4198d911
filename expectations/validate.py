"""Run Great Expectations on pandas frames, in one ephemeral context.

Failing rows are named as in SQL checks.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import duckdb
import great_expectations as gx
import pyarrow as pa
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.expectation import Expectation

from expectations.judging import Fetch
from expectations.results import GateResult, passed, run_check
from expectations.suites import Suite
from transforms.database import prepared, quote
from transforms.interrupt import stop_if_signaled

Outcome = list[int] | str  # positions of failing rows, or why it could not run
Split = Callable[[Suite, Expectation, pa.Table, list[int]], dict[str, list[int]]]


def as_one(suite: Suite, expectation: Expectation, rows: pa.Table, failing: list[int]) -> dict[str, list[int]]:
    """Return all failing rows as one part, under the name of the suite."""
    return {suite.name: failing}


def validate(rows_of: Fetch, suite: Suite, split: Split = as_one) -> list[GateResult]:
    """Return one result per expectation, or one for each part of the failing rows.

    An expectation that could not run gives an error.
    """
    try:
        rows, outcomes = judge(rows_of, suite)
    except Exception as error:
        stop_if_signaled()
        return [passed(suite.check(e)).error(f"{type(error).__name__}: {error}") for e in suite.expectations]
    results: list[GateResult] = []
    for expectation, outcome in outcomes:
        if isinstance(outcome, str):
            results.append(passed(suite.check(expectation)).error(outcome))
            continue
        parts = split(suite, expectation, rows, outcome) if outcome else {}
        results += [_failed(suite, expectation, rows.take(failing), name) for name, failing in parts.items()]
        results += [] if parts else [passed(suite.check(expectation))]
    return results


def judge(rows_of: Fetch, suite: Suite) -> tuple[pa.Table, list[tuple[Expectation, Outcome]]]:
    """Return the judged rows and the outcome of each expectation.

    Failing rows are looked up only for expectations that fail, because that is slow.
    """
    stop_if_signaled()
    columns = dict.fromkeys((*suite.key, *suite.naming, *(c for e in suite.expectations for c in columns_of(e))))
    rows = rows_of(f"select {', '.join(map(quote, columns))} from {suite.relation}")
    batch = _batch_definition().get_batch({"dataframe": rows.to_pandas(date_as_object=False)})
    first = _validated(batch, suite.expectations, "BOOLEAN_ONLY")
    failed = [e for e in suite.expectations if not first[e.meta["check_id"]].success]
    again = _validated(batch, failed, "COMPLETE") if failed else {}
    return rows, [(e, _outcome(again[e.meta["check_id"]]) if e in failed else []) for e in suite.expectations]


def _validated(batch: Any, expectations: Sequence[Expectation], result_format: str) -> dict[str, Any]:
    report = batch.validate(
        gx.ExpectationSuite(name="rows", expectations=list(expectations)),
        result_format={"result_format": result_format},
    )
    return {r.expectation_config.meta["check_id"]: r for r in report.results}


def _outcome(result: Any) -> Outcome:
    found = (result.result or {}).get("unexpected_index_list")
    return exception_text(result.exception_info) or found or "it failed but named no row"


def exception_text(info: dict[str, Any] | None) -> str:
    """Return the message of an exception raised inside an expectation. Some expectations nest it by metric."""
    if not info:
        return ""
    if "raised_exception" in info:
        return str(info.get("exception_message") or "exception without a message") if info["raised_exception"] else ""
    return "; ".join(t for v in info.values() if isinstance(v, dict) and (t := exception_text(v)))


@cache
def _batch_definition() -> Any:
    """Return the batch definition of one context for the process. A context per table takes a sixth of the time."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("run").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("all")


def _failed(suite: Suite, expectation: Expectation, failing: pa.Table, name: str) -> GateResult:
    """Return a result with the failing rows, named as in an SQL check."""
    shown = dict.fromkeys((*suite.key, *suite.naming, *columns_of(expectation)))
    query = f"select {', '.join(map(quote, shown))} from failing order by {', '.join(map(quote, suite.key))}"
    with prepared(duckdb.connect()) as connection:
        connection.register("failing", failing)
        return run_check(connection, suite.check(expectation, query, name))


def columns_of(expectation: Expectation) -> tuple[str, ...]:
    """Return the columns that an expectation looks at, those of its condition first."""
    named = [getattr(expectation, a, None) for a in ("column", "column_A", "column_B")]
    condition_columns = _condition_columns(getattr(expectation, "row_condition", None))
    return tuple(
        dict.fromkeys(
            [*condition_columns, *(n for n in named if n), *(getattr(expectation, "column_list", None) or ())]
        )
    )


def _condition_columns(condition: Any) -> Iterator[str]:
    if hasattr(condition, "conditions"):
        for inner in condition.conditions:
            yield from _condition_columns(inner)
    elif condition is not None:
        yield condition.column.name
