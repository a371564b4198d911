"""The digest of rows is the same in any order, and differs if any value moves."""

from collections.abc import Sequence

import duckdb
import pytest

from transforms.release.digests import rows_digest

ROWS = [("01", 1, "EL"), ("02", 2, "SWD"), ("03", None, None)]


def digest(rows: Sequence[tuple[object, ...]]) -> str:
    with duckdb.connect() as connection:
        connection.execute("create table t (cds varchar, color tinyint, student_group varchar)")
        connection.executemany("insert into t values (?, ?, ?)", rows)
        return rows_digest(connection, "t", ["cds", "color", "student_group"])


def test_the_order_of_rows_does_not_matter() -> None:
    assert digest(ROWS[::-1]) == digest(ROWS)


@pytest.mark.parametrize(
    "other",
    [
        [("01", 2, "EL"), ("02", 1, "SWD"), ROWS[2]],
        [("01", 1, "SWD"), ("02", 2, "EL"), ROWS[2]],
        [*ROWS[:2], ("03", None, "")],
        ROWS[:2],
        [*ROWS, ROWS[0]],
        [*ROWS, ROWS[0], ROWS[0]],
    ],
)
def test_any_other_rows_give_another_digest(other: list[tuple[object, ...]]) -> None:
    assert digest(other) != digest(ROWS)
