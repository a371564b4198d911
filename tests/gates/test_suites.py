"""For every expectation of every suite: one violation in good rows, and exactly that check fails with that row named, by both ways of judging."""

import json
from typing import Any

import duckdb
import pytest

from expectations.conditions import ON_TABLES, columns_of
from expectations.results import GateResult, row_text
from expectations.runners import judge_by_frame, judge_by_sql
from expectations.suites import suite_of
from expectations.targets import Target
from tests.gates.mutations import Mutation, mutations_of
from tests.gates.sample import Sample
from transforms.database import quote
from transforms.schema import published_tables

Good = tuple[duckdb.DuckDBPyConnection, dict[str, Sample]]
# A code that is no code at all is none of a district or charter school either; a first day after the last is one of each.
COMPANIONS = {
    "leas-cds-form": {"leas-cds-of-district", "leas-cds-of-charter"},
}


@pytest.mark.parametrize("name", published_tables())
def test_good_rows_pass_every_check_by_both_ways_of_judging(good: Good, name: str) -> None:
    connection, samples = good
    target, expectations = samples[name].target, suite_of(name).expectations
    for judge in (judge_by_frame, judge_by_sql):
        assert [r.told() for r in judge(connection, target, expectations) if r.outcome != "passed"] == []


@pytest.mark.parametrize("name", published_tables())
def test_each_violation_fails_exactly_its_check_and_names_its_row(good: Good, name: str) -> None:
    connection, samples = good
    unseen = [e.meta["check_id"] for e in suite_of(name).expectations if not _is_seen(connection, samples[name], e)]
    assert unseen == []


def _is_seen(connection: duckdb.DuckDBPyConnection, sample: Sample, expectation: Any) -> bool:
    """True if one of the violations fails exactly this check, with its row named."""
    values = {n: c.values for n, c in sample.table.columns.items()}
    connection.execute(f"create or replace temp table spoiled as from {sample.name}")
    for mutation in list(mutations_of(connection, expectation, values)):
        connection.execute(f"create or replace temp table spoiled as from {sample.name}")
        for statement in mutation.statements:
            connection.execute(statement)
        if _fails_exactly(connection, sample, expectation, mutation):
            return True
    return False


def _fails_exactly(connection: duckdb.DuckDBPyConnection, sample: Sample, expectation: Any, mutation: Mutation) -> bool:
    check_id = expectation.meta["check_id"]
    columns = tuple(connection.sql("from spoiled").columns)
    rows = connection.sql("from spoiled").shape[0]
    target = Target(sample.table.name, "contracts", "spoiled", sample.table.key, columns, rows)
    others = [e for e in suite_of(sample.table.name).expectations if set(columns_of(e)) <= set(columns) or e.meta["check_id"] == check_id]
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
        return result.failing_rows == 1 and sample.table.name in result.rows[0]
    shown = list(json.loads(result.rows[0]))
    columns = ", ".join(map(quote, shown))
    spoiled = [row_text(shown, row) for row in connection.execute(f"select {columns} from (from spoiled except all from {sample.name})").fetchall()]
    return list(result.rows) == spoiled * mutation.failing and set(sample.table.key) <= set(shown)
