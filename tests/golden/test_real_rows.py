"""Golden cases on rows as CDE published them: the tests read the row; the expected results were worked out by hand."""

import duckdb
import pytest

from tests.workplace import SAMPLE

RED, ORANGE, VERY_LOW = "1", "2", "1"
GONZALES, GREENFIELD, KING_CITY, SALINAS, SOLEDAD, COUNTY_OFFICE = (
    "27754730000000", "27660350000000", "27660680000000", "27661590000000", "27754400000000", "27102720000000",
)  # fmt: skip
MONTEREY_PENINSULA, NORTH_MONTEREY, BIG_SUR, LAGUNITA, MISSION, PACIFIC_GROVE = (
    "27660920000000", "27738250000000", "27751500000000", "27660760000000", "27660840000000", "27661340000000",
)  # fmt: skip
SANTA_RITA, CHUALAR, SPRECKELS, GRAVES = "27661910000000", "27659950000000", "27662250000000", "27660270000000"


def row(indicator: str, year: int, cds: str, group: str) -> dict[str, str]:
    """Return one row of a file of the sample, as text."""
    header, *lines = (SAMPLE / f"{indicator}download{year}.txt").read_text("utf-8-sig").splitlines()
    names = header.lower().split("\t")
    rows = [dict(zip(names, (v.strip() for v in line.split("\t")), strict=True)) for line in lines]
    (found,) = [r for r in rows if r["cds"] == cds and r.get("studentgroup", "EL") == group]
    return found


def judged(db: duckdb.DuckDBPyConnection, cds: str, group: str, year: int) -> tuple[list[int], str | None, str | None]:
    return db.execute(
        "select priorities_met, letter, cde_letter from student_group_history where cds = ? and student_group = ? and"
        " dashboard_year = ?",
        [cds, group, year],
    ).fetchone()


def finding(db: duckdb.DuckDBPyConnection, indicator: str, cds: str, group: str, year: int) -> str:
    (found,) = db.execute(
        "select finding from evidence where cds = ? and student_group = ? and dashboard_year = ? and indicator = ?",
        [cds, group, year, indicator],
    ).fetchone()
    return found


@pytest.mark.parametrize(
    ("cds", "group", "year", "ela", "math", "priorities", "letter"),
    [
        (GREENFIELD, "SWD", 2024, RED, ORANGE, [4, 5], "B"),
        (NORTH_MONTEREY, "EL", 2024, RED, ORANGE, [4, 8], "E"),
        (SALINAS, "HOM", 2024, ORANGE, ORANGE, [5], None),
        (MONTEREY_PENINSULA, "HOM", 2023, ORANGE, ORANGE, [6], None),
        (SANTA_RITA, "WH", 2023, ORANGE, ORANGE, [5], None),
        (NORTH_MONTEREY, "LTEL", 2024, RED, RED, [4, 6], "D"),
    ],
)
def test_english_language_arts_and_mathematics_both_red_meet_priority_4(
    db: duckdb.DuckDBPyConnection,
    cds: str,
    group: str,
    year: int,
    ela: str,
    math: str,
    priorities: list[int],
    letter: str | None,
) -> None:
    assert (row("ela", year, cds, group)["color"], row("math", year, cds, group)["color"]) == (ela, math)
    assert judged(db, cds, group, year) == (priorities, letter, letter), "the letter is CDE's too"


@pytest.mark.parametrize(
    ("indicator", "cds", "group", "students", "expected"),
    [
        ("susp", MISSION, "EL", 29, "no_result"),
        ("chronic", SPRECKELS, "AS", 30, "result"),
        ("susp", GRAVES, "HI", 30, "result"),
        ("chronic", SOLEDAD, "FOS", 13, "no_result"),
        ("susp", SOLEDAD, "FOS", 18, "result"),
        ("susp", SANTA_RITA, "FOS", 12, "no_result"),
        ("math", CHUALAR, "HOM", 23, "result"),
        ("grad", COUNTY_OFFICE, "HOM", 27, "result"),
    ],
)
def test_the_size_test_of_2022(
    db: duckdb.DuckDBPyConnection, indicator: str, cds: str, group: str, students: int, expected: str
) -> None:
    real = row(indicator, 2022, cds, group)
    assert float(real["currdenom"]) == students
    assert real["statuslevel"] in "12345", "CDE prints a level all the same"
    assert real["statuslevel"] != "0"
    assert finding(db, indicator, cds, group, 2022) == expected


@pytest.mark.parametrize(
    ("cds", "group", "flag", "expected"),
    [
        (COUNTY_OFFICE, "HOM", "Y", "result"), (COUNTY_OFFICE, "EL", "", "no_result"),
        (COUNTY_OFFICE, "SWD", "", "no_result"),
        (GONZALES, "SWD", "", "no_result"), (KING_CITY, "SWD", "Y", "result"),
    ],
)  # fmt: skip
def test_the_size_flag_of_college_and_career_2023(
    db: duckdb.DuckDBPyConnection, cds: str, group: str, flag: str, expected: str
) -> None:
    real = row("cci", 2023, cds, group)
    assert (real["statuslevel"], real["currnsizemet"]) == (VERY_LOW, flag)
    assert finding(db, "cci", cds, group, 2023) == expected
    assert (8 in judged(db, cds, group, 2023)[0]) == (flag == "Y")


def test_a_district_without_any_color_has_no_results(db: duckdb.DuckDBPyConnection) -> None:
    assert float(row("ela", 2024, BIG_SUR, "SED")["currdenom"]) == 7
    (status,) = db.execute(
        "select status from eligibility where cds = ? and pathway = 'continuum' and determination_year = 2024",
        [BIG_SUR],
    ).fetchone()
    assert status == "not_assessed"


def test_a_district_with_two_groups_and_none_that_met_the_criteria(db: duckdb.DuckDBPyConnection) -> None:
    rows = db.execute(
        "select status, groups, reason from (select e.status, e.reason, (select count(*) from student_group_history h"
        " where h.cds = e.cds and h.has_result and h.dashboard_year = 2023) as groups from eligibility e where cds = ?"
        " and pathway = 'continuum' and determination_year = 2023)",
        [LAGUNITA],
    ).fetchall()
    assert [r[:2] for r in rows] == [("not_eligible", 2)]
    assert "has two student groups with a result in 2023, and both would have to meet the criteria" in rows[0][2]


def test_a_group_that_met_different_priorities_each_year(db: duckdb.DuckDBPyConnection) -> None:
    met = {year: judged(db, MONTEREY_PENINSULA, "SWD", year) for year in (2019, 2022, 2023, 2024)}
    assert {year: letter for year, (_, letter, _) in met.items() if letter} == {2019: "E", 2022: "B", 2023: "C"}
    assert (
        row("susp", 2023, MONTEREY_PENINSULA, "SWD")["color"]
        == row("chronic", 2023, MONTEREY_PENINSULA, "SWD")["color"]
        == RED
    )
    rows = db.execute(
        "select determination_year, years_met, counts from continuum_groups where cds = ? and student_group = 'SWD' and"
        " determination_year >= 2023 order by 1",
        [MONTEREY_PENINSULA],
    ).fetchall()
    assert rows[-1] == (2024, [2019, 2022, 2023], True)


def test_the_county_office_is_eligible_by_its_own_statute(db: duckdb.DuckDBPyConnection) -> None:
    rows = db.execute(
        "select determination_year, status, student_groups, statute, cde_flag from eligibility where cds = ? and"
        " pathway = 'continuum' order by 1",
        [COUNTY_OFFICE],
    ).fetchall()
    assert rows[-1] == (2024, "eligible", ["HI", "HOM", "SED"], "EC 52072.5", "Y")


def test_a_charter_school_that_met_the_criteria_on_one_dashboard_only(db: duckdb.DuckDBPyConnection) -> None:
    cds = "27102720124297"
    real = {i: row(i, 2022, cds, "SWD") for i in ("ela", "math", "chronic")}
    assert {r["charter_flag"] for r in real.values()} == {"Y"}
    assert all(r["statuslevel"] == VERY_LOW and float(r["currdenom"]) >= 30 for r in real.values())
    assert judged(db, cds, "SWD", 2022)[1] == "B"
    rows = db.execute(
        "select determination_year, status from assistance where cds = ? and determination = 'charter' order by 1",
        [cds],
    ).fetchall()
    assert rows == [(2023, "not_eligible"), (2024, "not_eligible")]
