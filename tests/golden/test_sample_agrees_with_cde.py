"""Every letter and flag that can be computed from the sample equals the one in CDE's own workbooks.

The tests read the workbooks without the pipeline.
"""

import re
from pathlib import Path

import duckdb
import pandas as pd
import pytest

WORKBOOKS = {2022: "assistancestatus22.xlsx", 2023: "assistancestatus23.xlsx", 2024: "assistancestatus24.xlsx"}


def workbook(sample: Path, year: int) -> pd.DataFrame:
    """Return CDE's data sheet: header on row 6, all text, '*' for blank."""
    frame = pd.read_excel(
        sample / WORKBOOKS[year],
        sheet_name=f"District and COE {year}",
        header=5,
        dtype="string",
        engine="calamine",
        keep_default_na=False,
    )
    return frame[frame["CDS"].str.fullmatch(r"\d{14}")].set_index("CDS")


@pytest.fixture(params=sorted(WORKBOOKS))
def year(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.fixture
def official(year: int) -> pd.DataFrame:
    from tests.workplace import SAMPLE

    return workbook(SAMPLE, year)


def test_every_letter_matches_cde(db: duckdb.DuckDBPyConnection, official: pd.DataFrame, year: int) -> None:
    cells = {
        (cds, {"TOM": "MR"}.get(group, group)): letter.replace("*", "").strip()
        for column in official.columns
        if (match := re.fullmatch(r"([A-Z]+)priorities", column)) and (group := match.group(1))
        for cds, letter in official[column].items()
    }
    ours = {
        (cds, group): letter or ""
        for cds, group, letter in db.execute(
            "select cds, student_group, letter from student_group_history where dashboard_year = ? and basis ="
            " 'indicators' and cds like '%0000000'",
            [year],
        ).fetchall()
    }
    assert len(cells) == len(official) * (14 if year == 2024 else 13)
    assert ours == cells


def test_every_ec_52072_flag_matches_cde(db: duckdb.DuckDBPyConnection, official: pd.DataFrame, year: int) -> None:
    flags = dict(official[f"EC52072_{year}"].items())
    ours = dict(
        db.execute(
            "select cds, if(status = 'eligible', 'Y', 'N') from eligibility where pathway = 'continuum' and"
            " determination_year = ? and cds like '27%0000000'",
            [year],
        ).fetchall()
    )
    assert ours == flags


def test_total_student_groups_and_method_1_match_cde(
    db: duckdb.DuckDBPyConnection, official: pd.DataFrame, year: int
) -> None:
    counted = dict(
        db.execute(
            "select cds, count(letter) from student_group_history where dashboard_year = ? and basis = 'indicators' and"
            " cds like '%0000000' group by cds",
            [year],
        ).fetchall()
    )
    assert counted == {cds: int(n) for cds, n in official["TotalStudentGroups"].items()}
    assert {cds: "Y" if n else "N" for cds, n in counted.items()} == dict(official["MetMethod1"].items())


def test_the_reconciliation_has_no_differences(db: duckdb.DuckDBPyConnection) -> None:
    classes = dict(db.execute("select class, count(*) from reconciliation group by class").fetchall())
    assert set(classes) == {"agree", "not_comparable"}
    open_ones = {
        f for (f,) in db.execute("select distinct flag from reconciliation where class = 'not_comparable'").fetchall()
    }
    assert open_ones == {
        "met_method_2",
        "met_method_3",
        "met_method_4",
        "assistance_status",
    }, "local indicators of 2017 to 2019 and CALPADS are not in the sample"


def test_earlier_years_use_cdes_letters_and_name_them_as_basis(db: duckdb.DuckDBPyConnection) -> None:
    rows = db.execute(
        "select dashboard_year, list(distinct basis), bool_and(letter is not distinct from cde_letter) from"
        " student_group_history where cds like '27%0000000' group by 1 order by 1"
    ).fetchall()
    assert rows == [
        (y, ["cde_letters" if y < 2022 else "indicators"], True) for y in (2017, 2018, 2019, 2022, 2023, 2024)
    ]
