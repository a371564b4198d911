"""Great Expectations finds the same in a separate process as in this one."""

import subprocess
import sys
from importlib import import_module
from importlib.util import _LazyModule
from pathlib import Path
from types import ModuleType

import duckdb
import psutil
import pytest

from expectations import judging
from expectations.gates import check_domain
from expectations.results import GateResult
from tests.workplace import SAMPLE, Workplace
from transforms.run import Run
from transforms.settings import PROJECT


@pytest.mark.slow
def test_gates_give_the_same_results_in_another_process(
    good: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that pass, rows that fail, and a table that lacks a column."""
    run = Run(Workplace(SAMPLE, tmp_path / "work", tmp_path / "out").settings(), tmp_path)
    good.execute("begin")
    good.execute("update eligibility set statute = 'Education Code 52072' where rowid < 3")
    good.execute("alter table state_loans drop column amount_drawn_usd")

    def results() -> list[GateResult]:
        with judging.judge_process(run):
            return check_domain(run, good)

    try:
        here = results()
        monkeypatch.setattr(judging, "_is_imported", lambda: False)
        beside = results()
    finally:
        good.execute("rollback")
    assert beside == here
    assert {r.outcome for r in here} == {"passed", "failed", "error"}
    assert not [p for p in psutil.Process().children() if "transforms.worker" in p.cmdline()]


def test_a_lazy_module_loads_on_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    monkeypatch.setattr(sys, "meta_path", [judging.LazyImports(["colorsys"]), *sys.meta_path])
    found = import_module("colorsys")
    assert type(found) is _LazyModule
    assert found.rgb_to_hsv(0, 0, 1)[2] == 1
    assert type(found) is ModuleType


@pytest.mark.slow
def test_modules_that_no_suite_uses_are_not_loaded() -> None:
    """In a separate process, because loaded modules belong to the whole process."""
    script = """
import sys
from importlib.util import _LazyModule
from expectations import judging

class NobodyThere:
    def receive(self):
        raise EOFError

try:
    judging.serve(NobodyThere())
except EOFError:
    print([type(sys.modules[name]) is _LazyModule for name in judging.UNUSED])
print(sys.modules["scipy.stats"].norm.cdf(0.0))
"""
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert found.stdout.split("\n")[:2] == [str([True] * len(judging.UNUSED)), "0.5"]
