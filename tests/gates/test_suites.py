"""For every expectation of every table's suite: one violation in good rows, and exactly that check fails with that row named."""

import duckdb
import pytest

from expectations.runners import judge_by_frame, judge_by_sql
from expectations.suites.base import types
from expectations.types import types_target
from tests.gates.sample import Sample
from tests.gates.violations import Unseen, not_passed, unseen
from transforms.schema import published_tables

Good = tuple[duckdb.DuckDBPyConnection, dict[str, Sample]]


@pytest.mark.parametrize("name", published_tables())
def test_good_rows_pass_every_check(good: Good, name: str) -> None:
    connection, samples = good
    assert not_passed(connection, samples[name]) == []


@pytest.mark.parametrize("name", published_tables())
def test_each_violation_fails_exactly_its_check_and_names_its_row(good: Good, name: str) -> None:
    connection, samples = good
    assert unseen(connection, samples[name]) == Unseen([], [])


def test_every_check_of_a_suite_has_an_id_of_its_own_a_sentence_and_a_reason(good: Good) -> None:
    expectations = [e for sample in good[1].values() for e in sample.expectations]
    ids = [e.meta["check_id"] for e in expectations]
    assert len(ids) == len(set(ids)) > 500
    assert [e.meta for e in expectations if not e.meta["sentence"].endswith(".") or len(e.meta["reason"]) <= 10] == []


@pytest.mark.parametrize(
    ("statement", "check_id", "column"),
    [
        ("alter table counties alter county_code type bigint", "columns-types", "county_code"),
        ("alter table counties drop column county", "columns-present", "county"),
    ],
)
def test_a_column_of_another_type_or_none_is_named(good: Good, statement: str, check_id: str, column: str) -> None:
    connection, _ = good
    tables = list(published_tables().values())
    for spoiled, expected in ((False, []), (True, [check_id])):
        connection.execute("begin")
        if spoiled:
            connection.execute(statement)
        target = types_target(connection, tables)
        for judge in (judge_by_sql, judge_by_frame):
            failed = [r for r in judge(connection, target, types()) if r.outcome != "passed"]
            assert [r.check_id for r in failed] == expected
            assert all(f'"column_name": "{column}"' in r.rows[0] and '"table_name": "counties"' in r.rows[0] for r in failed)
        connection.execute("rollback")
