"""Run a suite on a target: small ones as a pandas frame with Great Expectations, large ones by SQL made from the same expectations."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import duckdb
from great_expectations.expectations.expectation import Expectation

from expectations.conditions import RowCondition, columns_of, row_condition, tolerance
from expectations.results import SHOWN_ROWS, GateResult, row_text
from expectations.screen import nothing_fails
from expectations.sql_checks import sources_in
from expectations.targets import Target
from transforms.check_result import severity_of
from transforms.database import quote
from transforms.digests import rows_digest
from transforms.interrupt import stop_if_asked

Judge = Callable[[duckdb.DuckDBPyConnection, Target, Sequence[Expectation]], list[GateResult]]


def run_suite(connection: duckdb.DuckDBPyConnection, target: Target, expectations: Sequence[Expectation], judge: Judge | None = None) -> list[GateResult]:
    """One result per expectation, with the first failing rows. Never raises: what could not run is an error of its own."""
    stop_if_asked()
    judge = judge or (judge_by_sql if target.is_large else judge_by_frame)
    try:
        return judge(connection, target, expectations)
    except Exception as error:
        stop_if_asked()
        return [unjudged(target, e).error(f"{type(error).__name__}: {error}") for e in expectations]


def unjudged(target: Target, expectation: Expectation) -> GateResult:
    """The result of an expectation before it is judged: passed."""
    meta = expectation.meta
    check_class = meta["check_class"]
    return GateResult(target.gate, meta["check_id"], target.name, check_class, severity_of(check_class), "passed", 0, meta["sentence"], meta["reason"])


def judge_by_frame(connection: duckdb.DuckDBPyConnection, target: Target, expectations: Sequence[Expectation]) -> list[GateResult]:
    """Great Expectations on a pandas frame: through SQLAlchemy every expectation on DuckDB fails without saying why."""
    import great_expectations as gx

    batch = _batch_definition().get_batch({"dataframe": connection.sql(f"select * from {target.relation}").df()})
    report = batch.validate(gx.ExpectationSuite(name=target.name, expectations=list(expectations)), result_format="SUMMARY")
    found = {r.expectation_config.meta["check_id"]: r for r in report.results}
    return [_from_gx(connection, target, e, found[e.meta["check_id"]]) for e in expectations]


@cache
def _batch_definition() -> Any:
    """One ephemeral context for the process: a context for each table takes a sixth of the time."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context.data_sources.add_pandas("run").add_dataframe_asset("frame").add_batch_definition_whole_dataframe("all")


def _from_gx(connection: duckdb.DuckDBPyConnection, target: Target, expectation: Expectation, result: Any) -> GateResult:
    """One expectation's outcome. An exception inside counts as an error of its own, not as a failed check."""
    passed = unjudged(target, expectation)
    if raised := exception_text(result.exception_info):
        return passed.error(raised)
    if result.success:
        return passed
    condition = row_condition(expectation)
    if condition is None:
        return passed.failed(*_of_table(target, expectation), sources=_named(target))
    found = result.result or {}
    return _failed(connection, target, expectation, condition, passed, int(found.get("unexpected_count") or 1))


def exception_text(info: dict[str, Any] | None) -> str:
    """Message of an exception raised inside an expectation; nested by metric in some of them."""
    if not info:
        return ""
    if "raised_exception" in info:
        return str(info.get("exception_message") or "exception without a message") if info["raised_exception"] else ""
    return "; ".join(t for v in info.values() if isinstance(v, dict) and (t := exception_text(v)))


def judge_by_sql(connection: duckdb.DuckDBPyConnection, target: Target, expectations: Sequence[Expectation]) -> list[GateResult]:
    """The same expectations by SQL: one look whether any row fails, and if so one query for all conditions on rows, and one for each key."""
    conditions = {e.meta["check_id"]: row_condition(e) for e in expectations}
    if nothing_fails(connection, target, [c for c in conditions.values() if c is not None]):
        return [_from_counts(connection, target, e, conditions[e.meta["check_id"]], (0, 0)) for e in expectations]
    counted = {i: c for i, c in conditions.items() if c is not None and not c.key}
    sums = ", ".join(f"count(*) filter (where {c.judged}), count(*) filter (where ({c.judged}) and ({c.failing}))" for c in counted.values())
    (row,) = connection.sql(f"select {sums or 'count(*)'} from {target.relation}").fetchall()
    counts = {i: (row[2 * n], row[2 * n + 1]) for n, i in enumerate(counted)}
    counts |= {i: (target.rows, _doubled(connection, target, c)) for i, c in conditions.items() if c is not None and c.key}
    return [_from_counts(connection, target, e, conditions[e.meta["check_id"]], counts.get(e.meta["check_id"], (0, 0))) for e in expectations]


def _from_counts(
    connection: duckdb.DuckDBPyConnection, target: Target, expectation: Expectation, condition: RowCondition | None, counts: tuple[int, int]
) -> GateResult:
    passed = unjudged(target, expectation)
    if condition is None:
        wrong = _of_table(target, expectation)
        return passed.failed(*wrong, sources=_named(target)) if wrong[0] else passed
    judged, failing = counts
    if failing <= tolerance(expectation) * judged:
        return passed
    return _failed(connection, target, expectation, condition, passed, failing)


def _doubled(connection: duckdb.DuckDBPyConnection, target: Target, condition: RowCondition) -> int:
    """Rows whose key stands more than once."""
    key = ", ".join(map(quote, condition.key))
    query = f"select coalesce(sum(n), 0) from (select count(*) as n from {target.relation} where {condition.judged} group by {key} having count(*) > 1)"
    return int(connection.sql(query).fetchall()[0][0])


def _failed(
    connection: duckdb.DuckDBPyConnection, target: Target, expectation: Expectation, condition: RowCondition, passed: GateResult, count: int
) -> GateResult:
    """The check, failed: with the first rows that fail in the order of the key, the digest of all of them, and the files that they name."""
    shown = target.shown(columns_of(expectation))
    columns = ", ".join(map(quote, shown))
    order = ", ".join(quote(k) for k in target.key if k in target.columns) or columns
    where = f"where {condition.judged} qualify {condition.failing}" if condition.key else f"where ({condition.judged}) and ({condition.failing})"
    failing = f"select {columns} from {target.relation} {where}"
    rows = connection.sql(f"{failing} order by {order} limit {SHOWN_ROWS}").fetchall()
    sources = [target.name] if target.gate == "files" else sources_in(connection, f"({failing})", shown)
    return passed.failed(count, [row_text(shown, row) for row in rows], rows_digest(connection, f"({failing})", shown), sources)


def _of_table(target: Target, expectation: Any) -> tuple[int, list[str]]:
    """What is wrong with the whole table: how many columns or rows, and which."""
    if type(expectation).__name__ == "ExpectTableRowCountToBeBetween":
        return (1, [row_text(("table_name", "rows"), (target.name, target.rows))]) if target.rows < expectation.min_value else (0, [])
    expected = list(expectation.column_list)
    if expected == list(target.columns):
        return 0, []
    missing, extra = [c for c in expected if c not in target.columns], [c for c in target.columns if c not in expected]
    told = row_text(("table_name", "missing_columns", "further_columns", "columns_found"), (target.name, missing, extra, list(target.columns)))
    return max(1, len(missing) + len(extra)), [told]


def _named(target: Target) -> list[str]:
    return [target.name] if target.gate == "files" else []
