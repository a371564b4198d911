"""What Great Expectations finds in a process of its own is what it finds here."""

from pathlib import Path

import duckdb
import psutil
import pytest

from expectations import judging
from expectations.gates import check_domain
from expectations.results import GateResult
from tests.workplace import SAMPLE, Workplace
from transforms.run import Run


def test_the_same_results_in_another_process(
    good: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that pass, rows that fail, and a table that lacks a column."""
    run = Run(Workplace(SAMPLE, tmp_path / "work", tmp_path / "out").settings(), tmp_path)
    good.execute("begin")
    good.execute("update eligibility set statute = 'Education Code 52072' where rowid < 3")
    good.execute("alter table state_loans drop column amount_drawn_usd")

    def results() -> list[GateResult]:
        with judging.judge_of(run):
            return check_domain(run, good)

    try:
        here = results()
        monkeypatch.setattr(judging, "_is_here", lambda: False)
        beside = results()
    finally:
        good.execute("rollback")
    assert beside == here
    assert {r.outcome for r in here} == {"passed", "failed", "error"}
    assert not [p for p in psutil.Process().children() if "transforms.beside" in p.cmdline()]
