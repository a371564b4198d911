"""The determinations of a generated state equal those decided before its rows were made: every row, every year."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from tests.gates.state import opened_state
from tests.statewide.compare import QUERIES, differences, load_truth
from tests.statewide.state import State, write_state
from tests.statewide.truth import RULES
from tests.statewide.world import SCALES, Scale
from tests.workplace import Workplace
from transforms.rules.load import load_rules
from transforms.settings import PROJECT


@contextmanager
def decided(state: State, work: Path, out: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Decide the state; its tables may be in a file of the run."""
    run = Workplace(state.files, work, out, state.reference).decided()
    try:
        with run.connect() as connection:
            load_truth(connection, state.truth)
            yield connection
    finally:
        run.finish()


@pytest.fixture(scope="module")
def small(small_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened_state(small_state, tmp_path_factory.mktemp("small_state") / "run").connection as connection:
        load_truth(connection, small_state / "truth")
        yield connection


def test_the_truth_has_every_year_with_rules() -> None:
    years = {r.dashboard_year for r in load_rules(PROJECT / "data").years if r.standing == "final"}
    assert set(RULES) == years, (
        "tests/statewide/truth.py says for each Dashboard year what CDE states of it: add the year, or its results are"
        " not compared"
    )


@pytest.mark.parametrize("table", QUERIES)
def test_every_generated_row_is_consistent(small: duckdb.DuckDBPyConnection, table: str) -> None:
    assert differences(small, table) == []


def test_every_row_of_the_files_is_kept(small: duckdb.DuckDBPyConnection) -> None:
    assert small.execute("select count(*) from rejects").fetchall() == [(0,)]
    (read,) = small.execute("select sum(rows_in) from source_files where layout = 'dashboard'").fetchall()
    assert read == small.execute("select count(*) from indicator_results").fetchall()[0]


def test_cdes_own_flags_of_the_state_agree(small: duckdb.DuckDBPyConnection) -> None:
    classes = dict(small.execute("select class, count(*) from reconciliation group by class").fetchall())
    assert set(classes) == {"agree", "not_comparable"}
    assert classes["agree"] > 4_000


def test_the_generated_state_covers_every_kind_of_lea(small: duckdb.DuckDBPyConnection) -> None:
    """A truth without any yes, or without the difficult cases, would prove nothing."""

    def statuses(table: str) -> set[str]:
        return {s for (s,) in small.execute(f"select distinct status from {table}_truth").fetchall()}

    assert statuses("continuum") == {"eligible", "not_eligible", "not_assessed", "not_applicable"}
    assert statuses("consecutive") == {"eligible", "not_eligible", "not_assessed", "not_applicable"}
    assert statuses("charter_test") == {"eligible", "not_eligible", "not_assessed", "undetermined"}
    assert statuses("assistance") == {"eligible", "not_eligible", "not_assessed", "not_applicable"}
    assert small.execute("select count(*) from (select distinct method from methods_truth where met)").fetchall() == [
        (4,)
    ]
    awkward = {
        "a county office whose groups showed two priorities in 2017": (
            "select count(*) from group_years_truth join leas_truth using (cds) "
            "where dashboard_year = 2017 and lea_type = 'county_office' and len(priorities_met) > 1"
        ),
        "fewer than three groups, all of which count": (
            "select count(*) from continuum_truth where by_small_clause and status = 'eligible'"
        ),
        "level 1 in 2022 with too few students": (
            "select count(*) from indicator_results where dashboard_year = 2022 and status_level = 1 "
            "and current_denominator between 11 and 14 and record_type = 'D'"
        ),
        "ELPI of 2019 at level 1 without the size flag": (
            "select count(*) from indicator_results where dashboard_year = 2019 and indicator = 'elpi' "
            "and status_level = 1 and current_size_met = 'N'"
        ),
        "Orange on English and on mathematics": (
            "select count(*) from indicator_results e join indicator_results m using (cds, dashboard_year,"
            " student_group) where e.indicator = 'ela' and m.indicator = 'math' and e.color = 2 and m.color = 2"
        ),
        "a name in Windows-1252": "select count(*) from source_files where encoding = 'windows-1252'",
    }
    assert [what for what, query in awkward.items() if small.execute(query).fetchall() == [(0,)]] == []


def test_a_wrong_truth_is_detected(small: duckdb.DuckDBPyConnection) -> None:
    small.execute("begin")
    small.execute(
        "update continuum_truth set status = 'not_eligible' where (cds, determination_year) = "
        "(select (min(cds), 2022) from continuum_truth where status = 'eligible' and determination_year = 2022)"
    )
    found = differences(small, "continuum")
    small.execute("rollback")
    assert [row[0] for row in found] == ["ours", "truth"]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    one, other, third = (
        write_state(tmp_path / name, Scale(1, 5, 3, 5), seed, workers)
        for name, seed, workers in (("a", 3, 1), ("b", 3, 2), ("c", 4, 2))
    )
    files = [{p.name: p.read_bytes() for p in s.files.iterdir()} for s in (one, other, third)]
    assert files[0] == files[1]
    assert files[0]["eladownload2024.txt"] != files[2]["eladownload2024.txt"]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("scale", ["counties", "full"])
def test_the_whole_state(tmp_path: Path, scale: str) -> None:
    state = write_state(tmp_path / "state", SCALES[scale])
    if scale == "full":
        assert state.rows > 10_000_000
        assert state.bytes > 1_900_000_000
    with decided(state, tmp_path / "work", tmp_path / "out") as connection:
        assert {table: found for table in QUERIES if (found := differences(connection, table))} == {}
        assert connection.execute("select count(*) from rejects").fetchall() == [(0,)]
        assert connection.execute("select count(*) from indicator_results").fetchall() == [(state.rows,)]
        assert not connection.execute(
            "select * from reconciliation where class not in ('agree', 'not_comparable')"
        ).fetchall()
