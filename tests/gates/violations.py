"""Violate an expectation in good rows, and see whether exactly its check fails with that row named, by both ways of judging."""

import json
from dataclasses import replace
from typing import Any

import duckdb

from expectations.conditions import ON_TABLES, columns_of
from expectations.results import GateResult, row_text
from expectations.runners import judge_by_frame, judge_by_sql
from tests.gates.mutations import Mutation, mutations_of
from tests.gates.sample import Sample
from transforms.database import quote

# A code that is no code at all is none of a district or charter school either.
COMPANIONS = {"leas-cds-form": {"leas-cds-of-district", "leas-cds-of-charter"}}


def not_passed(connection: duckdb.DuckDBPyConnection, sample: Sample) -> list[str]:
    """What fails in the good rows."""
    results = [r for judge in (judge_by_frame, judge_by_sql) for r in judge(connection, sample.target, sample.expectations)]
    return [r.told() for r in results if r.outcome != "passed"]


def unseen(connection: duckdb.DuckDBPyConnection, sample: Sample) -> list[str]:
    """Checks of which no violation was seen."""
    return [e.meta["check_id"] for e in sample.expectations if not _is_seen(connection, sample, e)]


def _is_seen(connection: duckdb.DuckDBPyConnection, sample: Sample, expectation: Any) -> bool:
    """True if one of the violations fails exactly this check, with its row named."""
    connection.execute(f"create or replace temp table spoiled as from {sample.name}")
    for mutation in list(mutations_of(connection, expectation, sample.values)):
        connection.execute(f"create or replace temp table spoiled as from {sample.name}")
        for statement in mutation.statements:
            connection.execute(statement)
        if _fails_exactly(connection, sample, expectation, mutation):
            return True
    return False


def _fails_exactly(connection: duckdb.DuckDBPyConnection, sample: Sample, expectation: Any, mutation: Mutation) -> bool:
    check_id = expectation.meta["check_id"]
    spoiled = connection.sql("from spoiled")
    columns = tuple(spoiled.columns)
    target = replace(sample.target, relation="spoiled", columns=columns, rows=spoiled.shape[0], served="spoiled" if sample.target.served else "")
    others = [e for e in sample.expectations if set(columns_of(e)) <= set(columns) or e.meta["check_id"] == check_id]
    by_sql = {r.check_id: r for r in judge_by_sql(connection, target, others)}
    failed = {i for i, r in by_sql.items() if r.outcome != "passed"}
    if check_id not in failed or failed - COMPANIONS.get(check_id, set()) != {check_id}:
        return False
    (by_frame,) = judge_by_frame(connection, target, [expectation])
    assert (by_frame.outcome, by_frame.failing_rows) == ("failed", by_sql[check_id].failing_rows), by_frame.told()
    assert by_frame.rows == by_sql[check_id].rows
    return _names_its_row(connection, sample, expectation, mutation, by_frame)


def _names_its_row(connection: duckdb.DuckDBPyConnection, sample: Sample, expectation: Any, mutation: Mutation, result: GateResult) -> bool:
    """True if the rows named are those that were spoiled, and they are named by their key."""
    if type(expectation).__name__ in ON_TABLES:
        return result.failing_rows == 1 and sample.target.name in result.rows[0]
    shown = list(json.loads(result.rows[0]))
    columns = ", ".join(map(quote, shown))
    spoiled = [row_text(shown, row) for row in connection.execute(f"select {columns} from (from spoiled except all from {sample.name})").fetchall()]
    return list(result.rows) == spoiled * mutation.failing and set(sample.target.key) <= set(shown)
