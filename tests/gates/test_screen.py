"""The one look at a large target sees whatever fails, on texts as they were served too, and takes nothing sound for failing."""

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import great_expectations.expectations as gxe
import pytest
from great_expectations.expectations.row_conditions import Column

from expectations.conditions import row_condition
from expectations.runners import judge_by_frame, judge_by_sql
from expectations.screen import nothing_fails
from expectations.suites.base import expect
from expectations.targets import Target, cleaned

EXPECTATIONS = [
    expect(gxe.ExpectColumnValuesToMatchRegex, "form", "The code has two digits.", "A reason.", column="code", regex=r"^\d\d$"),
    expect(gxe.ExpectColumnValuesToBeInSet, "known", "D is Y.", "A reason.", column="flag", value_set=["Y"], row_condition=Column("kind") == "D"),
    expect(gxe.ExpectColumnValuesToNotBeNull, "present", "The kind is there.", "A reason.", column="kind"),
    expect(gxe.ExpectCompoundColumnsToBeUnique, "once", "Code and kind stand once.", "A reason.", column_list=["code", "kind"]),
]
COLUMNS = ("code", "kind", "flag", "line")
TARGET = Target("rows", "files", f"(select {', '.join(map(cleaned, COLUMNS))} from rows)", ("line",), COLUMNS, 3, served="rows")


@pytest.fixture
def rows() -> Iterator[duckdb.DuckDBPyConnection]:
    """Rows that need cleaning, and then keep everything: blanks around, a star and an empty text for nothing."""
    with duckdb.connect() as connection:
        connection.execute("create table rows as from (values (' 01 ', 'D', 'Y ', 1), ('01', 'S', '*', 2), ('*', 'S', '', 3)) t(code, kind, flag, line)")
        yield connection


@pytest.mark.parametrize("target", [TARGET, replace(TARGET, served="")], ids=["served", "cleaned"])
@pytest.mark.parametrize(
    ("wrong", "fails"),
    [
        ("", None),
        ("update rows set code = ' 1 ' where line = 3", "form"),
        ("update rows set flag = '*' where line = 1", None),
        ("update rows set flag = 'N' where line = 1", "known"),
        ("update rows set flag = 'N' where line = 2", None),
        ("update rows set kind = ' * ' where line = 2", "present"),
        ("update rows set code = ' 01' where line = 3", "once"),
    ],
)
def test_what_fails_is_seen(rows: duckdb.DuckDBPyConnection, target: Target, wrong: str, fails: str | None) -> None:
    if wrong:
        rows.execute(wrong)
    conditions = [c for e in EXPECTATIONS if (c := row_condition(e)) is not None]
    assert nothing_fails(rows, target, conditions) is (fails is None)
    assert [r.check_id for r in judge_by_sql(rows, target, EXPECTATIONS) if r.outcome != "passed"] == ([fails] if fails else [])


def test_a_row_without_the_value_asked_for_is_another_by_both_ways(rows: duckdb.DuckDBPyConnection) -> None:
    rows.execute("create table plain as from (values ('1', null, 1), ('02', 'S', 2), (null, 'D', 3), ('x', 'D', 4)) t(code, kind, line)")
    target = Target("plain", "files", "plain", ("line",), ("code", "kind", "line"), 4)
    conditions = (Column("kind") != "D", Column("kind").is_not_in(["D"]))
    asked = [
        expect(gxe.ExpectColumnValuesToMatchRegex, f"c{n}", "So.", "So.", column="code", regex=r"^\d\d$", row_condition=c) for n, c in enumerate(conditions)
    ]
    by_sql, by_frame = judge_by_sql(rows, target, asked), judge_by_frame(rows, target, asked)
    assert by_sql == by_frame
    assert [(r.failing_rows, r.rows) for r in by_sql] == [(1, ('{"line": 1, "kind": null, "code": "1"}',))] * 2
