"""Printed values of the whole state, and the comparison with CDE's own rows of the state."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from expectations.checks import load_checks
from expectations.results import GateResult, run_check
from tests.gates.state import State
from tests.statewide.reference import write_reference
from tests.workplace import Workplace
from transforms.errors import ConfigError
from transforms.rules.reference import STATE_VALUES, load_state_values
from transforms.settings import PROJECT

CHECKS = {c.check_id: c for c in load_checks() if c.check_id.startswith("state_rows")}
# Rows of graddownload2018.txt as CDE published them: the state, and one district.
GRADUATION = [
    (
        "cds rtype schoolname districtname countyname charter_flag coe_flag dass_flag studentgroup currnumer currdenom"
        " currstatus priornumer priordenom priorstatus safetynet change statuslevel changelevel color box reportingyear"
    ),
    "00000000000000 X - - - - - - ALL 432963 518317 83.5 422375 500096 84.5 N -0.9 3 3 3 130 2018",
    (
        "27660680000000 D - South_Monterey_County_Joint_Union_High Monterey - - - ALL 408 486 84 432 499 86.6 N -2.6 3"
        " 2 2 120 2018"
    ),
]
Judge = Callable[..., dict[str, GateResult]]


@pytest.fixture(scope="module")
def of_2018(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Load real rows of the state of 2018: graduation, and English learner progress, which had no status that year."""
    folder = tmp_path_factory.mktemp("of_2018")
    text = "".join(line.replace(" ", "\t").replace("-\t", "\t").replace("_", " ") + "\n" for line in GRADUATION[1:])
    (folder / "graddownload2018.txt").write_text(GRADUATION[0].replace(" ", "\t") + "\n" + text)
    shutil.copy(PROJECT / "tests" / "contract" / "slices" / "elpidownload2018.txt", folder)
    with Workplace(folder, raw_cache, folder / "out").decide() as connection:
        yield connection


@pytest.fixture
def judge(of_2018: duckdb.DuckDBPyConnection) -> Iterator[Judge]:
    """Return a function that gives the outcomes of the checks for values printed for 2018."""
    of_2018.execute("begin")

    def judged(*printed: tuple[str, float, int, str]) -> dict[str, GateResult]:
        of_2018.execute("delete from state_values")
        for indicator, value, decimals, printed_by in printed:
            row = [2018, indicator, value, decimals, printed_by]
            of_2018.execute(
                "insert into state_values (dashboard_year, indicator, value, decimals, printed_by) values (?, ?, ?,"
                " ?, ?)",
                row,
            )
        return {i: run_check(of_2018, c) for i, c in CHECKS.items()}

    yield judged
    of_2018.execute("rollback")


@pytest.mark.parametrize(
    ("printed", "failed"),
    [
        (("grad", 83.5, 1, "CDE"), set()),
        (("grad", 84.0, 0, "CDE"), set()),  # 83.5 without decimals
        (
            ("grad", 83.7, 1, "CDE"),
            {"state_rows_as_printed"},
        ),  # CDE's 2019 value for the year before: another rate
        (("grad", 83.7, 1, "A newspaper"), {"state_rows_as_quoted"}),
        (
            ("elpi", 48.3, 1, "CDE"),
            {"state_rows_as_printed", "state_rows_compared"},
        ),  # the row has no status, and graduation is not compared
    ],
)
def test_a_real_state_row_is_compared_with_printed_values(
    judge: Judge, printed: tuple[str, float, int, str], failed: set[str]
) -> None:
    assert {i for i, r in judge(printed).items() if r.outcome != "passed"} == failed


def test_state_rows_that_were_not_compared_are_reported(judge: Judge) -> None:
    result = judge()["state_rows_compared"]
    assert (result.severity, result.failing_rows, result.stops_release, result.warns) == ("info", 1, False, False)
    assert '"file": "graddownload2018.txt"' in result.rows[0]
    assert "no printed value is known" in result.rows[0]


def test_a_statewide_file_without_a_state_row_is_reported(state: State) -> None:
    state.connection.execute("begin")
    state.connection.execute(
        "delete from indicator_results where record_type = 'X' and source_id = 'dashboard-susp-2023'"
    )
    result = run_check(state.connection, CHECKS["state_rows_compared"])
    state.connection.execute("rollback")
    assert result.failing_rows == 1
    assert "dashboard-susp-2023" in result.rows[0]
    assert "the file has no row of the state" in result.rows[0]


def test_every_file_of_a_generated_state_is_compared(state: State) -> None:
    rows = state.connection.execute(
        "select count(*), count(distinct v.value) from indicator_results r join state_values v using (dashboard_year,"
        " indicator) where r.record_type = 'X' and r.student_group = if(r.indicator = 'elpi', 'EL', 'ALL') and"
        " round(r.current_status, 1) = v.value"
    ).fetchall()
    ((statewide,),) = state.connection.execute(
        "select count(*) from source_files where layout = 'dashboard'"
    ).fetchall()
    assert rows[0][0] == statewide - 2  # ELPI of 2018 and College/Career of 2022 have no status
    assert rows[0][1] > 20


def test_printed_values_have_a_known_indicator_and_a_source() -> None:
    rows = load_state_values(PROJECT / "data").to_pylist()
    assert {r["indicator"] for r in rows} <= {"ela", "math", "elpi", "chronic", "susp", "grad", "cci"}
    assert {r["dashboard_year"] for r in rows} == {2018, 2019, 2022, 2023, 2024, 2025}
    for row in rows:
        host = row["source_url"].split("/")[2]
        assert (row["printed_by"] == "CDE") == host.endswith("cde.ca.gov")
        assert row["confirmed_by"] != row["source_url"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("ela,8.5,1", "ela,8.55,1", r"state_values.csv, line 2: .*more decimal places"),
        ("ela,8.5,1", "ela,many,1", r"state_values.csv, line 2, column value: "),
        ("https://example.org/state", "heard it", r"state_values.csv, line 2, column source_url"),
        ("2024,math", "2024,ela", r"state_values.csv: 2024, ela appears 2 times"),
        ("decimals,", "digits,", r"line 1: the header lacks decimals"),
    ],
)
def test_a_printed_value_without_a_number_or_a_source_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    folder = write_reference(tmp_path / "reference", {(2024, "ela"): 8.5, (2024, "math"): -3.0})
    path = folder / STATE_VALUES
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(ConfigError, match=told):
        load_state_values(folder)
