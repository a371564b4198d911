"""CDE's whole workbooks of 2017 to 2024, from the folder in the variable CDE_FILES.

Verdicts are computed from letters, or use CDE's flag if the letters are not enough.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from openpyxl.cell import Cell

from tests.workbooks import change_rows, drop_rows
from tests.workplace import Workplace

FOLDER = Path(os.environ["CDE_FILES"]) if "CDE_FILES" in os.environ else None
pytestmark = [pytest.mark.slow, pytest.mark.skipif(FOLDER is None, reason="CDE_FILES names no folder of CDE's files")]

LISTED = {2022: 993, 2023: 991, 2024: 994}
DECIDED = """
    select determination_year, status, decided_by, count(*) from eligibility e
    where pathway = 'continuum' and cde_flag is not null and decided_by is not null group by all
"""


def copied(target: Path, *, with_monterey: bool) -> Path:
    """Copy all files, or only the workbooks, into one folder, without the assistance workbooks of a single county."""
    assert FOLDER is not None
    target.mkdir()
    for path in sorted(FOLDER.rglob("*.*")):
        of_one_county = path.parent.name == "monterey" and path.name.startswith("assistancestatus")
        if path.is_file() and not of_one_county and (with_monterey or path.name.startswith("assistancestatus")):
            shutil.copyfile(path, target / path.name)
    return target


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield tables of a run on only the workbooks."""
    folder = tmp_path_factory.mktemp("letters")
    with Workplace(
        copied(folder / "source", with_monterey=False), folder / "work", folder / "out"
    ).decide() as connection:
        yield connection


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield tables of a run on the statewide workbooks and the Dashboard files of Monterey County."""
    folder = tmp_path_factory.mktemp("everything")
    with Workplace(
        copied(folder / "source", with_monterey=True), folder / "work", folder / "out"
    ).decide() as connection:
        yield connection


def counted(db: duckdb.DuckDBPyConnection) -> dict[tuple[int, str, str], int]:
    return {(year, status, decided_by): n for year, status, decided_by, n in db.execute(DECIDED).fetchall()}


@pytest.mark.parametrize(("which", "by_cde"), [("letters", (16, 71, 76)), ("everything", (16, 70, 74))])
def test_no_listed_lea_is_undetermined(
    request: pytest.FixtureRequest, which: str, by_cde: tuple[int, int, int]
) -> None:
    """With Monterey's own files, three fewer verdicts need CDE's flag, because their groups can be counted."""
    db = request.getfixturevalue(which)
    found = counted(db)
    assert {year: sum(n for (y, *_), n in found.items() if y == year) for year in LISTED} == LISTED
    eligible = {
        year: sum(n for (y, status, _), n in found.items() if (y, status) == (year, "eligible")) for year in LISTED
    }
    assert eligible == {2022: 39, 2023: 66, 2024: 67}
    assert {year: found[year, "eligible", "computed_from_letters"] for year in LISTED} == {2022: 39, 2023: 65, 2024: 67}
    assert tuple(sum(n for (y, _, by), n in found.items() if (y, by) == (year, "cde")) for year in LISTED) == by_cde
    assert db.execute(
        "select count(*) from eligibility where pathway = 'continuum' and agrees_with_cde = false"
    ).fetchall() == [(0,)]
    mountain = db.execute(
        "select lea_name, decided_by, agrees_with_cde from eligibility where decided_by = 'cde' and status = 'eligible'"
    ).fetchall()
    assert mountain == [("Mountain Union Elementary", "cde", None)]


def test_reversed_flags_change_no_computed_verdict(letters: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    source = copied(tmp_path / "source", with_monterey=False)

    def turn(cells: dict[str, Cell]) -> None:
        for heading, cell in cells.items():
            if heading.startswith("EC52072"):
                cell.value = {"Y": "N", "N": "Y"}[str(cell.value)]

    for year in (22, 23, 24):
        change_rows(source / f"assistancestatus{year}.xlsx", turn)
    computed = (
        "select cds, determination_year, status, student_groups from eligibility where pathway = 'continuum' and"
        " decided_by like 'computed_%' order by all"
    )
    before = letters.execute(computed).fetchall()
    with Workplace(source, tmp_path / "work", tmp_path / "out").decide() as db:
        assert db.execute(computed).fetchall() == before
        differing = db.execute(
            "select count(*) from eligibility where pathway = 'continuum' and agrees_with_cde = false"
        ).fetchall()
        assert differing == [(sum(LISTED.values()) - 16 - 71 - 76,)]


def test_three_hundred_missing_rows_flip_no_verdict(letters: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """Without every third row of the workbook of 2022, later workbooks still prove that the LEAs had one."""
    source = copied(tmp_path / "source", with_monterey=False)
    leas = [
        cds
        for (cds,) in letters.execute(
            "select cds from assistance_leas where dashboard_year = 2022 order by cds"
        ).fetchall()
    ]
    assert drop_rows(source / "assistancestatus22.xlsx", set(leas[::3])) == 331
    status = (
        "select cds, determination_year, status from eligibility where pathway = 'continuum' and determination_year >"
        " 2022"
    )
    before = {(cds, year): found for cds, year, found in letters.execute(status).fetchall()}
    with Workplace(source, tmp_path / "work", tmp_path / "out").decide() as db:
        after = {(cds, year): found for cds, year, found in db.execute(status).fetchall()}
        assert {key: (before[key], after[key]) for key in before if before[key] != after[key]} == {}
        eligible = (
            "select cds from eligibility where determination_year = 2022 and pathway = 'continuum' and status ="
            " 'eligible'"
        )
        yes = [cds for (cds,) in letters.execute(eligible).fetchall()]
        now = (
            "select distinct status from eligibility where determination_year = 2022 and pathway = 'continuum' and"
            " list_contains(?, cds)"
        )
        assert {found for (found,) in db.execute(now, [yes]).fetchall()} == {"eligible", "undetermined"}


def test_counts_match_published_ones(letters: duckdb.DuckDBPyConnection) -> None:
    """Compares with what the press and county offices published from the statewide workbooks."""
    query = """
        select a.lea_type, count(*) from assistance a
        where determination = 'differentiated_assistance' and determination_year = 2024 and status = 'eligible'
            and assistance_year = 1 group by all
    """
    assert dict(letters.execute(query).fetchall()) == {"district": 413, "county_office": 23}
    identified = """
        select county, list(n order by determination_year) from (
            select county, determination_year, count(*) as n from assistance
            where determination = 'differentiated_assistance' and lea_type = 'district' and status = 'eligible'
                and assistance_year is distinct from 2
                and determination_year in (2023, 2024) and county in ('Los Angeles', 'Sacramento', 'Alameda')
                    group by all
        ) group by all
    """
    found = dict(letters.execute(identified).fetchall())
    assert found["Los Angeles"][0] == 45
    assert (found["Sacramento"], found["Alameda"]) == ([7, 11], [8, 13])
    second = """
        select count(*) from assistance where determination = 'differentiated_assistance' and determination_year = 2024
            and lea_type = 'district'
            and county = 'Los Angeles' and status = 'eligible' and assistance_year = 2
    """
    assert letters.execute(second).fetchone() == (11,)


def test_lowell_joint_has_history_under_both_codes(letters: duckdb.DuckDBPyConnection) -> None:
    """It moved from Los Angeles to Orange County in 2021. CDE's list starts again, next to the earlier results."""
    before, now = "19647660000000", "30647660000000"
    years = letters.execute(
        "select dashboard_year, student_groups from predecessor_years where cds = ? and predecessor_cds = ? order by 1",
        [now, before],
    ).fetchall()
    assert years == [(2017, []), (2018, ["SWD"]), (2019, [])]
    listed = letters.execute(
        "select distinct dashboard_year, listed from student_group_history where cds = ? order by 1", [now]
    ).fetchall()
    assert listed == [(2017, False), (2018, False), (2019, False), (2022, True), (2023, True), (2024, True)]
    for year, status, decided_by, reason in letters.execute(
        "select determination_year, status, decided_by, reason from eligibility where cds = ? and pathway = 'continuum'"
        " order by 1",
        [now],
    ).fetchall():
        assert (status, decided_by) == ("not_eligible", "computed_from_letters"), year
        assert f"under this code: it was Lowell Joint ({before})" in reason
    ended = letters.execute(
        "select distinct status from eligibility where cds = ? and pathway = 'continuum'", [before]
    ).fetchall()
    assert ended == [("not_assessed",)]
