"""Properties of the decisions, tested on many made-up districts at once."""

import random
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.dashboards import Dashboards
from tests.golden.conftest import Decide
from tests.workplace import Workplace

YEARS = (2019, 2022, 2023, 2024)
GROUPS = ("EL", "HI", "SWD", "SED", "HOM")
LEAS = [f"27{n:05d}0000000" for n in range(1, 181)]


def random_state() -> Dashboards:
    """Create 180 districts with up to five groups in four Dashboards, red often enough for every kind of verdict."""
    dice = random.Random(1)  # noqa: S311
    boards = Dashboards()
    for cds in LEAS:
        for group in dice.sample(GROUPS, dice.randint(1, 5)):
            for year in YEARS:
                for indicator in ("ela", "math", "chronic", "susp"):
                    level = 1 if dice.random() < 0.55 else dice.randint(0 if year != 2022 else 1, 5)
                    boards.put(year, cds, group, **{indicator: level})
    return boards


def content(db) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of the tables of verdicts, without their positions in files."""
    return {
        "eligibility": (
            db.execute(
                "select cds, lea_name, determination_year, pathway, status, reason, student_groups from eligibility"
                " order by all"
            ).fetchall()
        ),
        "history": (
            db.execute(
                "select cds, dashboard_year, student_group, meets_criteria, letter from student_group_history order"
                " by all"
            ).fetchall()
        ),
        "assistance": (
            db.execute(
                "select cds, determination_year, determination, status, reason from assistance order by all"
            ).fetchall()
        ),
        "watch": db.execute("select cds, student_group, watch, sentence from watch_list order by all").fetchall(),
    }


def statuses(db) -> dict[tuple[str, int], str]:
    rows = db.execute("select cds, determination_year, status from eligibility where pathway = 'continuum'").fetchall()
    return {(cds, year): status for cds, year, status in rows}


def every_status_occurs(found: dict[tuple[str, int], str]) -> None:
    assert {"eligible", "not_eligible"} <= set(found.values())


@pytest.fixture(scope="module")
def decide(tmp_path_factory: pytest.TempPathFactory, raw_cache: Path) -> Iterator[Decide]:
    """Return a function that decides boards; it can shuffle their files."""
    opened: list[duckdb.DuckDBPyConnection] = []

    def run(dashboards: Dashboards, shuffle: tuple[str, ...] = ()) -> duckdb.DuckDBPyConnection:
        folder = tmp_path_factory.mktemp("properties")
        dashboards.write(folder / "source", shuffle)
        opened.append(Workplace(folder / "source", raw_cache, folder / "out").decide())
        return opened[-1]

    yield run
    for connection in opened:
        connection.close()


@pytest.fixture(scope="module")
def unchanged_state(decide: Decide) -> duckdb.DuckDBPyConnection:
    """Decide ``random_state``, with which each test compares a changed one."""
    return decide(random_state())


@pytest.mark.slow
def test_a_worse_color_never_removes_eligibility(decide: Decide, unchanged_state: duckdb.DuckDBPyConnection) -> None:
    before = statuses(unchanged_state)
    every_status_occurs(before)
    boards = random_state()
    dice = random.Random(-1)  # noqa: S311
    for values in boards.rows.values():
        name = "color" if "color" in values and values["color"] != 3 else "statuslevel"
        if dice.random() < 0.3 and int(values[name]) > 1:
            values[name] = int(values[name]) - 1
    after = statuses(decide(boards))
    assert after != before
    assert not [key for key, status in before.items() if status == "eligible" and after[key] != "eligible"]


@pytest.mark.slow
def test_row_and_column_order_do_not_change_verdicts(
    decide: Decide, unchanged_state: duckdb.DuckDBPyConnection
) -> None:
    expected = content(unchanged_state)
    assert expected["eligibility"]
    assert content(decide(random_state(), ("rows", "columns"))) == expected


@pytest.mark.slow
def test_a_year_outside_the_window_does_not_change_the_determination(
    decide: Decide, unchanged_state: duckdb.DuckDBPyConnection
) -> None:
    before = {key: status for key, status in statuses(unchanged_state).items() if key[1] == 2024}
    boards = random_state()
    for cds in LEAS:
        for group in GROUPS:
            boards.put(2018, cds, group, ela=1, math=1, susp=1, chronic=1)
    after = {key: status for key, status in statuses(decide(boards)).items() if key[1] == 2024}
    assert after == before
    every_status_occurs(after)


@pytest.mark.slow
def test_every_lea_has_one_row_per_pathway_and_year(unchanged_state: duckdb.DuckDBPyConnection) -> None:
    wrong = unchanged_state.execute("""
        select l.cds, d.determination_year, p.pathway, count(e.cds)
        from leas l cross join determination_years d cross join pathways p
        left join eligibility e using (cds, determination_year, pathway)
        group by all having count(e.cds) <> 1
        """).fetchall()
    assert not wrong
    assert (
        unchanged_state.execute("select count(*) from eligibility").fetchone()
        == unchanged_state.execute("select count(*) from lea_index").fetchone()
    )
