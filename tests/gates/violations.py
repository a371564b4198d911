"""Violate every expectation in good rows, and see whether exactly its check fails with that row named, by both ways of judging.

Great Expectations judges all the spoiled rows of a table at once, because each of its validations costs a hundred milliseconds; SQL judges them one by one.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from expectations.conditions import ON_TABLES, columns_of
from expectations.results import GateResult, row_text
from expectations.runners import judge_by_frame, judge_by_sql
from expectations.targets import Target
from tests.gates.mutations import Mutation, mutations_of
from tests.gates.sample import Sample
from transforms.database import quote

# A code that is no code at all is none of a district or charter school either.
COMPANIONS = {"leas-cds-form": {"leas-cds-of-district", "leas-cds-of-charter"}}


@dataclass(frozen=True)
class Unseen:
    """Checks of which no violation was seen, and what the two ways of judging say differently of all the spoiled rows together."""

    checks: list[str]
    differing: list[str]


def not_passed(connection: duckdb.DuckDBPyConnection, sample: Sample) -> list[str]:
    """What fails in the good rows, by SQL; Great Expectations sees them beside the spoiled ones."""
    return [r.described() for r in judge_by_sql(connection, sample.target, sample.expectations) if r.outcome != "passed"]


def unseen(connection: duckdb.DuckDBPyConnection, sample: Sample) -> Unseen:
    """Spoil one row for each expectation of the suite, and see."""
    connection.execute(f"create or replace temp table together as from {sample.name}")
    checks = [e.meta["check_id"] for e in sample.expectations if not _is_seen(connection, sample, e)]
    return Unseen(checks, list(_differing(connection, sample)))


def _is_seen(connection: duckdb.DuckDBPyConnection, sample: Sample, expectation: Any) -> bool:
    """True if one of the violations fails exactly this check, with its row named; its row is put to the others."""
    connection.execute(f"create or replace temp table spoiled as from {sample.name}")
    for n, mutation in enumerate(list(mutations_of(connection, expectation, sample.values))):
        if n:
            connection.execute(f"create or replace temp table spoiled as from {sample.name}")
        for statement in mutation.statements:
            connection.execute(statement)
        if _fails_exactly(connection, sample, expectation, mutation):
            if type(expectation).__name__ not in ON_TABLES:
                connection.execute("insert into together from violating")
            return True
    return False


def _target(connection: duckdb.DuckDBPyConnection, sample: Sample, table: str) -> Target:
    found = connection.sql(f"from {table}")
    return replace(sample.target, relation=table, columns=tuple(found.columns), rows=found.shape[0], served=table if sample.target.served else "")


def _fails_exactly(connection: duckdb.DuckDBPyConnection, sample: Sample, expectation: Any, mutation: Mutation) -> bool:
    check_id = expectation.meta["check_id"]
    target = _target(connection, sample, "spoiled")
    others = [e for e in sample.expectations if e.meta["check_id"] == check_id or _may_fail(e, mutation, target)]
    by_sql = {r.check_id: r for r in judge_by_sql(connection, target, others)}
    failed = {i for i, r in by_sql.items() if r.outcome != "passed"}
    if check_id not in failed or failed - COMPANIONS.get(check_id, set()) != {check_id}:
        return False
    if type(expectation).__name__ in ON_TABLES:
        (by_frame,) = judge_by_frame(connection, target, [expectation])
        assert by_frame == by_sql[check_id], by_frame.described()
    return _names_its_row(connection, sample, expectation, mutation, by_sql[check_id])


def _may_fail(expectation: Any, mutation: Mutation, target: Target) -> bool:
    """True unless none of the columns that the expectation looks at was set, or one was dropped: then it ends as in the good rows."""
    looked_at, assigned = set(columns_of(expectation)), {name for s in mutation.statements for name in re.findall(r'"?(\w+)"? = ', s)}
    return looked_at <= set(target.columns) and (not assigned or bool(looked_at & assigned))


def _differing(connection: duckdb.DuckDBPyConnection, sample: Sample) -> Iterator[str]:
    """Checks that do not end the same by both ways where the rows of all violations stand among the good ones: all on rows fail, for as many of them."""
    target = _target(connection, sample, "together")
    expectations = [_without_tolerance(e) for e in sample.expectations]
    by_sql = {r.check_id: r for r in judge_by_sql(connection, target, expectations)}
    for expectation, result in zip(expectations, judge_by_frame(connection, target, expectations), strict=True):
        expected = "passed" if type(expectation).__name__ in ON_TABLES else "failed"
        if result.outcome != expected or result != by_sql[result.check_id]:
            yield result.described()


def _without_tolerance(expectation: Any) -> Any:
    """The expectation without a share of rows that may fail: among the rows of all violations, one is less than a hundredth."""
    return expectation.copy(update={"mostly": 1.0}) if hasattr(expectation, "mostly") else expectation


def _names_its_row(connection: duckdb.DuckDBPyConnection, sample: Sample, expectation: Any, mutation: Mutation, result: GateResult) -> bool:
    """True if the rows named are those that were spoiled, and they are named by their key."""
    if type(expectation).__name__ in ON_TABLES:
        return result.failing_rows == 1 and sample.target.name in result.rows[0]
    shown = list(json.loads(result.rows[0]))
    columns = ", ".join(map(quote, shown))
    connection.execute(f"create or replace temp table violating as from spoiled except all from {sample.name}")
    spoiled = [row_text(shown, row) for row in connection.execute(f"select {columns} from violating").fetchall()]
    return list(result.rows) == spoiled * mutation.failing and set(sample.target.key) <= set(shown)
