"""Mistakes of other programs for the same data. Each has a test that fails if this pipeline makes it."""

from itertools import count

import duckdb

from tests.dashboards import Dashboards
from tests.golden.conftest import Decide
from transforms.rules.load import load_rules
from transforms.settings import PROJECT

BOARDS = Dashboards()  # rows of all mistakes, each with its own LEAs: one run judges them
NUMBERS = count(100)


def district() -> str:
    return f"2700{next(NUMBERS):03d}0000000"


def met(db: duckdb.DuckDBPyConnection, group: str, year: int, cds: str) -> tuple[bool, list[int]]:
    return db.execute(
        "select meets_criteria, priorities_met from student_group_history where cds = ? and student_group = ? and"
        " dashboard_year = ?",
        [cds, group, year],
    ).fetchone()


P1 = district()
BOARDS.put(2024, P1, "HI", ela=1, math=1, susp=3)


def test_p1_two_red_indicators_of_one_priority_are_one_priority(decided: Decide) -> None:
    assert met(decided(BOARDS), "HI", 2024, P1) == (False, [4])


P2 = district()
BOARDS.put(2024, P2, "HI", susp=1, chronic=1)
BOARDS.put(2024, P2, "EL", susp=1, chronic=1, grad=1, cci=1, ela=1, math=1, elpi=1)


def test_p2_more_reds_never_remove_eligibility(decided: Decide) -> None:
    db = decided(BOARDS)
    assert met(db, "HI", 2024, P2) == (True, [5, 6])
    assert met(db, "EL", 2024, P2) == (True, [4, 5, 6, 8])


P3 = district()
for year in (2022, 2023, 2024):
    BOARDS.put(year, P3, "ALL", ela=1, math=1, susp=1, chronic=1)


def test_p3_all_students_is_not_a_student_group(decided: Decide) -> None:
    db = decided(BOARDS)
    assert db.execute("select count(*) from student_group_history where student_group = 'ALL'").fetchall() == [(0,)]
    assert db.execute(
        "select status from eligibility where cds = ? and pathway = 'continuum' and determination_year = 2024", [P3]
    ).fetchall() == [("not_assessed",)]


P4 = district()
BOARDS.put(2024, P4, "HI", ela=1, math=2, susp=1)


def test_p4_red_and_orange_and_local_indicators_count(state_2018: duckdb.DuckDBPyConnection, decided: Decide) -> None:
    assert met(decided(BOARDS), "HI", 2024, P4) == (True, [4, 6])
    only_local = state_2018.execute(
        "select count(*) from assistance where determination = 'differentiated_assistance' and determination_year ="
        " 2018 and methods_met = [2]"
    ).fetchone()
    assert only_local[0] > 0


P5 = district()
BOARDS.put(2023, P5, "EL", elpi=1, susp=1).put(2023, P5, "ALL", susp=1)


def test_p5_the_elpi_belongs_to_english_learners(decided: Decide) -> None:
    """Its file of 2023 names no student group."""
    db = decided(BOARDS)
    assert met(db, "EL", 2023, P5) == (True, [4, 6])
    assert db.execute(
        "select distinct student_group from indicator_results where indicator = 'elpi' and dashboard_year = 2023"
    ).fetchall() == [("EL",)]


P6 = district()
BOARDS.put(2022, P6, "HI", ela=1, math=1, susp=1).put(2024, P6, "HI", ela=4)


def test_p6_a_status_level_of_2022_is_not_a_color(decided: Decide) -> None:
    assert decided(BOARDS).execute(
        "select distinct measure, color from evidence where dashboard_year = 2022 and student_group = 'HI' and cds = ?",
        [P6],
    ).fetchall() == [("status_level", None)]


def test_p7_the_published_rule_is_the_applied_rule(db: duckdb.DuckDBPyConnection) -> None:
    published = {
        (year, clause)
        for year, clause in db.execute("select distinct dashboard_year, clause from rule_criteria").fetchall()
    }
    assert published == {(r.dashboard_year, c.clause) for r in load_rules(PROJECT / "data").years for c in r.criterion}


def test_p8_the_newest_year_is_included_and_schools_have_no_district_status(db: duckdb.DuckDBPyConnection) -> None:
    (newest,) = db.execute("select max(dashboard_year) from indicator_results").fetchone()
    assert db.execute("select max(determination_year) from eligibility").fetchone() == (newest,)
    assert db.execute("select max(determination_year) from assistance").fetchone() == (newest,)
    rows = db.execute("select distinct determination from assistance where lea_type = 'charter'").fetchall()
    assert rows == [("charter",)]


S1 = district()
for year in (2019, 2022, 2023, 2024):
    for group in ("SED", "WH"):
        BOARDS.put(year, S1, group, ela=1, math=1, susp=1)


def test_s1_an_lea_with_fewer_than_three_groups_needs_all_of_them(decided: Decide) -> None:
    assert decided(BOARDS).execute(
        "select status from eligibility where cds = ? and pathway = 'continuum' and determination_year = 2024", [S1]
    ).fetchall() == [("eligible",)]


S2 = district()
for year in (2018, 2019, 2022):
    for group in ("EL", "HI", "SWD"):
        BOARDS.put(year, S2, group, ela=1, math=1, susp=1)
for year in (2023, 2024):
    BOARDS.put(year, S2, "HI", ela=4)


def test_s2_only_the_counted_dashboards_count(decided: Decide) -> None:
    rows = (
        decided(BOARDS)
        .execute("select determination_year, status from eligibility where cds = ? and pathway = 'continuum'", [S2])
        .fetchall()
    )
    found = dict(rows)
    assert found[2022] in ("eligible", "undetermined")
    assert found[2024] == "not_eligible"


def test_s3_windows_are_data_and_consecutive() -> None:
    windows = {
        r.dashboard_year: r.continuum.counted_dashboards
        for r in load_rules(PROJECT / "data").years
        if r.continuum and r.standing == "final"
    }
    dashboards = [2017, 2018, 2019, 2022, 2023, 2024, 2025]
    assert windows == {
        year: tuple(dashboards[dashboards.index(year) - 3 : dashboards.index(year) + 1])
        for year in (2022, 2023, 2024, 2025)
    }


S4 = district()
ORANGE_YEARS = (2018, 2019, 2023, 2024, 2025)
for year in ORANGE_YEARS:
    BOARDS.put(year, S4, "HI", ela=2, math=2, susp=1)


def test_s4_two_oranges_do_not_count(decided: Decide) -> None:
    db = decided(BOARDS)
    assert [met(db, "HI", year, S4) for year in ORANGE_YEARS] == [(False, [6])] * len(ORANGE_YEARS)


S5 = district()
BOARDS.put(2022, S5, "HI", ela=1, math=2, susp=1).put(2022, S5, "EL", ela=1, math=1, susp=1)


def test_s5_2022_needs_very_low_on_both(decided: Decide) -> None:
    db = decided(BOARDS)
    assert met(db, "HI", 2022, S5) == (False, [6])
    assert met(db, "EL", 2022, S5) == (True, [4, 6])


S6 = district()
for year in (2024, 2025):
    BOARDS.put(year, S6, "LTEL", elpi=2, susp=1)


def test_s6_the_rule_for_long_term_english_learners_starts_in_2025(decided: Decide) -> None:
    db = decided(BOARDS)
    assert met(db, "LTEL", 2024, S6) == (False, [6])
    assert met(db, "LTEL", 2025, S6) == (True, [4, 6])


S7 = district()
BOARDS.put(2024, S7, "HI", cci=3, susp=1, chronic=1)


def test_s7_a_cause_names_an_indicator_and_its_level(decided: Decide) -> None:
    db = decided(BOARDS)
    assert met(db, "HI", 2024, S7) == (True, [5, 6])
    causes = db.execute(
        "select distinct c.indicator from criterion_results r join rule_conditions c using (criterion) where r.met and"
        " r.cds = ?",
        [S7],
    ).fetchall()
    assert {i for (i,) in causes} == {"chronic", "susp"}


def test_s8_an_lea_eligible_by_another_method_keeps_its_row_and_its_cause(
    state_2018: duckdb.DuckDBPyConnection,
) -> None:
    rows = state_2018.execute("""
        select a.reason from assistance a
        where a.determination = 'differentiated_assistance' and a.determination_year = 2018
            and not list_contains(a.methods_met, 1) and a.status = 'eligible'
        """).fetchall()
    assert len(rows) == 12
    assert all("Method 2" in r or "Method 3" in r for (r,) in rows)
