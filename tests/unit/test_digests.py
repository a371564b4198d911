"""The digest of rows is the same in any order, and differs if any value moves. That of code is of the loaded code."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import duckdb
import pytest

from transforms.release import digests
from transforms.release.digests import code_digest, rows_digest

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


def test_code_that_is_replaced_during_a_run_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of the old code must not pass for one of the new code."""
    monkeypatch.setattr(digests, "PROJECT", tmp_path)
    read = digests.code_files.__wrapped__
    monkeypatch.setattr(digests, "code_files", cache(read))
    file = tmp_path / "reports" / "lea.py"
    file.parent.mkdir()
    file.write_text("old")
    loaded = code_digest()
    file.write_text("new")
    assert code_digest() == loaded
    monkeypatch.setattr(digests, "code_files", cache(read))  # as in the next process
    assert code_digest() != loaded
