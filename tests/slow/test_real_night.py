"""One nightly run on all published CDE files in the folder in the variable CDE_FILES.

It publishes a release with exactly these rows and warnings.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from flows.cli.app import app
from tests.gates.test_thresholds import everything_in_one_folder

FOLDER = Path(os.environ["CDE_FILES"]) if "CDE_FILES" in os.environ else None
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(FOLDER is None, reason="CDE_FILES names no folder of CDE's files"),
]
ROWS = {
    "assistance-2017": 936, "assistance-2018": 993, "assistance-2019": 997, "assistance-2022": 993,
    "assistance-2023": 991, "assistance-2024": 994,
    "dashboard-cci-2017": 22978, "dashboard-cci-2023": 137, "dashboard-cci-2024": 141,
    "dashboard-chronic-2022": 359, "dashboard-chronic-2023": 356, "dashboard-chronic-2024": 376,
    "dashboard-ela-2022": 504, "dashboard-ela-2023": 496, "dashboard-ela-2024": 437, "dashboard-ela11-2017": 27247,
    "dashboard-elpi-2017": 9518, "dashboard-elpi-2018": 10366, "dashboard-elpi-2022": 32, "dashboard-elpi-2023": 32,
    "dashboard-elpi-2024": 60,
    "dashboard-grad-2017": 25564, "dashboard-grad-2018": 31447, "dashboard-grad-2022": 145, "dashboard-grad-2023": 137,
    "dashboard-grad-2024": 141,
    "dashboard-math-2022": 504, "dashboard-math-2023": 496, "dashboard-math-2024": 437, "dashboard-math11-2017": 27185,
    "dashboard-science-2024": 396, "dashboard-susp-2022": 392, "dashboard-susp-2023": 387, "dashboard-susp-2024": 414,
    "directory-2018": 11743, "lcap-goals-2022": 132, "local-indicators-2017": 4088, "local-indicators-2018": 5081,
    **{
        f"local-indicators-{y}-priority-{p}": 58 if p in (9, 10) else 33
        for y in (2023, 2024)
        for p in (1, 2, 3, 6, 7, 9, 10)
    },
}  # fmt: skip
WARNINGS = {
    (
        "indicator_results-numerators-within",
        "indicator_results",
    ): 488,  # ELPI of 2017f: 275 in its own year, 278 in the one before
    ("inputs_missing", "meta_years"): 2,
    ("leas_in_directory", "leas"): 6,
    ("prior_differs_from_last_year", "indicator_results"): 1,
}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """Return the result of the command, and the folder of releases."""
    base = tmp_path_factory.mktemp("night")
    files = everything_in_one_folder(FOLDER, base / "files")
    runner = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "DTA_WORK": str(base / "work")})
    return (
        runner.invoke(app, ["run", "--source", str(files), "--out", str(base / "out"), "--as-of", "2026-11-24"]),
        base / "out",
    )


@pytest.fixture(scope="module")
def db(night: tuple[Result, Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(night[1] / "current" / "dta.duckdb"), read_only=True) as connection:
        yield connection


def test_all_real_files_publish_in_one_night(night: tuple[Result, Path]) -> None:
    ended, out = night
    assert ended.exit_code == 0, ended.output
    assert (out / "current" / "reports").is_dir()


def test_every_file_is_used_and_its_rows_are_read_or_rejected(db: duckdb.DuckDBPyConnection) -> None:
    found = db.execute("select source_id, rows_in, rows_rejected from meta_sources where present").fetchall()
    assert {source_id: rows for source_id, rows, _ in found} == ROWS
    assert len(ROWS) == 52
    assert {source_id: rejected for source_id, _, rejected in found if rejected} == {}


def test_the_warnings_are_exactly_these(db: duckdb.DuckDBPyConnection) -> None:
    found = db.execute(
        "select check_id, table_name, failing_rows, check_class, severity from meta_gate_results where outcome <>"
        " 'passed'"
    ).fetchall()
    assert {
        (check_id, table): rows for check_id, table, rows, _, severity in found if severity == "warning"
    } == WARNINGS
    assert {check_class for *_, check_class, _ in found} == {"unusual"}, "nothing had to be accepted"
    assert {check_id for check_id, *_, severity in found if severity == "info"} == {"state_rows_compared"}
