"""Mistakes that programs for the same data have made. Each has a test that fails if it is made here."""

import duckdb

from tests.dashboards import Dashboards
from tests.golden.conftest import Decide
from transforms.rules.load import load_rules
from transforms.settings import PROJECT

DISTRICT, OTHER = "27000010000000", "27000020000000"


def met(db, group: str, year: int = 2024, cds: str = DISTRICT) -> tuple[bool, list[int]]:
    return db.execute(
        "select meets_criteria, priorities_met from student_group_history where cds = ? and student_group = ? and"
        " dashboard_year = ?",
        [cds, group, year],
    ).fetchone()


def test_p1_two_red_indicators_of_one_priority_are_one_priority(decide: Decide) -> None:
    assert met(decide(Dashboards().put(2024, DISTRICT, "HI", ela=1, math=1, susp=3), until="criteria"), "HI") == (
        False,
        [4],
    )


def test_p2_more_reds_never_turn_a_yes_into_a_no(decide: Decide) -> None:
    boards = (
        Dashboards()
        .put(2024, DISTRICT, "HI", susp=1, chronic=1)
        .put(2024, DISTRICT, "EL", susp=1, chronic=1, grad=1, cci=1, ela=1, math=1, elpi=1)
    )
    db = decide(boards, until="criteria")
    assert met(db, "HI") == (True, [5, 6])
    assert met(db, "EL") == (True, [4, 5, 6, 8])


def test_p3_all_students_are_not_a_group(decide: Decide) -> None:
    boards = Dashboards()
    for year in (2022, 2023, 2024):
        boards.put(year, DISTRICT, "ALL", ela=1, math=1, susp=1, chronic=1)
    db = decide(boards)
    assert db.execute("select count(*) from student_group_history where student_group = 'ALL'").fetchall() == [(0,)]
    assert db.execute(
        "select status from eligibility where cds = ? and pathway = 'continuum' and determination_year = 2024",
        [DISTRICT],
    ).fetchall() == [("not_assessed",)]


def test_p4_red_and_orange_and_local_indicators_count(state_2018: duckdb.DuckDBPyConnection, decide: Decide) -> None:
    assert met(decide(Dashboards().put(2024, DISTRICT, "HI", ela=1, math=2, susp=1), until="criteria"), "HI") == (
        True,
        [4, 6],
    )
    only_local = state_2018.execute(
        "select count(*) from assistance where determination = 'differentiated_assistance' and determination_year ="
        " 2018 and methods_met = [2]"
    ).fetchone()
    assert only_local[0] > 0


def test_p5_the_elpi_is_of_english_learners(decide: Decide) -> None:
    db = decide(
        Dashboards().put(2023, DISTRICT, "EL", elpi=1, susp=1).put(2023, DISTRICT, "ALL", susp=1), until="criteria"
    )
    assert met(db, "EL", 2023) == (True, [4, 6])
    assert db.execute("select distinct student_group from indicator_results where indicator = 'elpi'").fetchall() == [
        ("EL",)
    ]


def test_p6_status_of_2022_is_not_a_color(decide: Decide) -> None:
    db = decide(
        Dashboards().put(2022, DISTRICT, "HI", ela=1, math=1, susp=1).put(2024, DISTRICT, "HI", ela=4), until="criteria"
    )
    assert db.execute(
        "select distinct measure, color from evidence where dashboard_year = 2022 and student_group = 'HI'"
    ).fetchall() == [("status_level", None)]


def test_p7_the_published_rule_is_the_rule_that_decides(db: duckdb.DuckDBPyConnection) -> None:
    published = {
        (year, clause)
        for year, clause in db.execute("select distinct dashboard_year, clause from rule_criteria").fetchall()
    }
    assert published == {(r.dashboard_year, c.clause) for r in load_rules(PROJECT / "data").years for c in r.criterion}


def test_p8_the_newest_year_is_there_and_schools_have_no_district_status(db: duckdb.DuckDBPyConnection) -> None:
    (newest,) = db.execute("select max(dashboard_year) from indicator_results").fetchone()
    assert db.execute("select max(determination_year) from eligibility").fetchone() == (newest,)
    assert db.execute("select max(determination_year) from assistance").fetchone() == (newest,)
    rows = db.execute("select distinct determination from assistance where lea_type = 'charter'").fetchall()
    assert rows == [("charter",)]


def test_s1_an_lea_with_fewer_than_three_groups_is_judged_by_all_of_them(decide: Decide) -> None:
    boards = Dashboards()
    for year in (2019, 2022, 2023, 2024):
        for group in ("SED", "WH"):
            boards.put(year, DISTRICT, group, ela=1, math=1, susp=1)
    assert decide(boards).execute(
        "select status from eligibility where cds = ? and pathway = 'continuum' and determination_year = 2024",
        [DISTRICT],
    ).fetchall() == [("eligible",)]


def test_s2_only_the_counted_dashboards_count(decide: Decide) -> None:
    boards = Dashboards()
    for year in (2018, 2019, 2022):
        for group in ("EL", "HI", "SWD"):
            boards.put(year, DISTRICT, group, ela=1, math=1, susp=1)
    for year in (2023, 2024):
        boards.put(year, DISTRICT, "HI", ela=4)
    rows = (
        decide(boards)
        .execute(
            "select determination_year, status from eligibility where cds = ? and pathway = 'continuum'", [DISTRICT]
        )
        .fetchall()
    )
    found = dict(rows)
    assert found[2022] in ("eligible", "undetermined")
    assert found[2024] == "not_eligible"


def test_s3_windows_are_data_and_follow_each_other() -> None:
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


def test_s4_two_oranges_do_not_count(decide: Decide) -> None:
    years = (2018, 2019, 2023, 2024, 2025)
    boards = Dashboards()
    for year in years:
        boards.put(year, DISTRICT, "HI", ela=2, math=2, susp=1)
    db = decide(boards, until="criteria")
    assert [met(db, "HI", year) for year in years] == [(False, [6])] * len(years)


def test_s5_2022_asks_for_very_low_on_both(decide: Decide) -> None:
    boards = (
        Dashboards().put(2022, DISTRICT, "HI", ela=1, math=2, susp=1).put(2022, DISTRICT, "EL", ela=1, math=1, susp=1)
    )
    db = decide(boards, until="criteria")
    assert met(db, "HI", 2022) == (False, [6])
    assert met(db, "EL", 2022) == (True, [4, 6])


def test_s6_the_change_for_long_term_english_learners_begins_with_2025(decide: Decide) -> None:
    boards = Dashboards()
    for year in (2024, 2025):
        boards.put(year, DISTRICT, "LTEL", elpi=2, susp=1)
    db = decide(boards, until="criteria")
    assert met(db, "LTEL", 2024) == (False, [6])
    assert met(db, "LTEL", 2025) == (True, [4, 6])


def test_s7_a_cause_is_an_indicator_at_its_level(decide: Decide) -> None:
    db = decide(Dashboards().put(2024, DISTRICT, "HI", cci=3, susp=1, chronic=1), until="criteria")
    assert met(db, "HI") == (True, [5, 6])
    causes = db.execute(
        "select distinct c.indicator from criterion_results r join rule_conditions c using (criterion) where r.met"
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
