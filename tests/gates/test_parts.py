"""The table of Dashboard rows is judged file by file, and once."""

from pathlib import Path

import duckdb
import pytest

from expectations.parts import is_parted, judge_parts
from expectations.runners import judge_by_sql
from expectations.suites import suite_of
from expectations.targets import table_target
from tests.gates.sample import Sample
from transforms.dashboard.parts import PARTED, PARTS
from transforms.schema import published_tables

Good = tuple[duckdb.DuckDBPyConnection, dict[str, Sample]]
EXPECTATIONS = suite_of(PARTED).expectations


def test_judged_in_parts_or_whole_the_results_are_the_same(good: Good, monkeypatch: pytest.MonkeyPatch) -> None:
    connection, _ = good
    target = table_target(connection, published_tables()[PARTED])
    assert is_parted(connection, target)
    assert not is_parted(connection, table_target(connection, published_tables()["evidence"]))
    whole = judge_by_sql(connection, target, EXPECTATIONS)
    assert judge_parts(connection, target, EXPECTATIONS) == whole

    def never(*_: object) -> None:
        raise AssertionError("judged again")

    monkeypatch.setattr("expectations.parts.judge_by_sql", never)
    monkeypatch.setattr("expectations.runners.judge_by_frame", judge_by_sql)  # of the whole table, only its columns and number of rows
    assert judge_parts(connection, target, EXPECTATIONS) == whole


def test_failing_rows_of_all_parts_are_counted_and_named(good: Good, tmp_path: Path) -> None:
    connection, _ = good
    target = table_target(connection, published_tables()[PARTED])
    connection.execute("begin")
    try:
        for source_id in ("dashboard-ela-2023", "dashboard-susp-2022"):
            path = tmp_path / f"{source_id}.parquet"
            connection.execute(
                f"copy (select * replace (if(student_group = 'ALL' and cds = '27661590000000', 99, box)::smallint as box, "
                f"if(student_group = 'ALL' and cds = '27661590000000', 9, status_level)::tinyint as status_level) "
                f"from {PARTED} where source_id = '{source_id}') to '{path}' (format parquet)"
            )
            connection.execute(f"update {PARTS} set path = ?, sha256 = 'another' where source_id = ?", [str(path), source_id])
        failed = [r for r in judge_parts(connection, target, EXPECTATIONS) if r.outcome != "passed"]
    finally:
        connection.execute("rollback")
    (result,) = failed
    assert (result.check_id, result.failing_rows, len(result.rows)) == ("indicator_results-status_level-range", 2, 2)
    assert '"source_id": "dashboard-ela-2023"' in result.rows[0]
    assert '"source_id": "dashboard-susp-2022"' in result.rows[1]
