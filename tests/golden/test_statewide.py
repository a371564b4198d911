"""The whole state, from CDE's workbooks of 2017, 2018, 2019 and 2022: our flags against CDE's.

The tests read the workbooks without the pipeline.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.workplace import BEFORE_2023, STATE, Workplace, copy_of_state

SHEETS = {
    2018: ("assistancestatus18.xlsx", "LCFFLEAAssistance2018", 2),
    2019: ("assistancestatus19-rev.xlsx", "District and COE 2019", 5),
    2022: ("assistancestatus22.xlsx", "District and COE 2022", 5),
}

LOWELL_JOINT_BEFORE = "19647660000000"  # until June 30, 2021


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory, raw_cache: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("statewide")
    with Workplace(copy_of_state(folder / "source", *BEFORE_2023), raw_cache, folder / "out").decide() as connection:
        yield connection


def official(year: int) -> pd.DataFrame:
    file, sheet, header = SHEETS[year]
    frame = pd.read_excel(
        STATE / file, sheet_name=sheet, header=header, dtype="string", engine="calamine", keep_default_na=False
    )
    return frame[frame["CDS"].str.fullmatch(r"\d{14}")].set_index("CDS")


def pairs(rows: list[tuple[str, object]]) -> dict[str, object]:
    return dict(rows)


def test_ec_52072_of_2022_matches_cde_for_every_lea(state: duckdb.DuckDBPyConnection) -> None:
    flags = dict(official(2022)["EC52072_2022"].items())
    ours = {
        cds: (status, lea_type)
        for cds, status, lea_type in state.execute(
            "select cds, status, lea_type from eligibility where pathway = 'continuum' and determination_year = 2022"
        ).fetchall()
    }
    assert len(flags) == 993
    assert {c for c, f in flags.items() if f == "Y"} == {c for c, (status, _) in ours.items() if status == "eligible"}
    assert sum(kind == "district" for status, kind in ours.values() if status == "eligible") == 30
    assert sum(kind == "county_office" for status, kind in ours.values() if status == "eligible") == 9
    assert {ours[c][0] for c, f in flags.items() if f == "N"} == {"not_eligible"}


def test_the_small_lea_clause_is_decided_by_cdes_flag(state: duckdb.DuckDBPyConnection) -> None:
    assert state.execute("select count(*) from continuum where by_small_clause").fetchall() == [(0,)]
    found = state.execute(
        "select e.status, e.decided_by, e.cde_flag, e.agrees_with_cde, e.reason from continuum c join eligibility e"
        " using (cds, determination_year) where c.small_clause_open and e.pathway = 'continuum'"
    ).fetchall()
    assert [row[:4] for row in found] == [("not_eligible", "cde", "N", None)] * 16
    assert all(
        reason.startswith(
            "CDE's flag EC52072_2022 is N. It is the verdict, because the student groups could not be counted"
        )
        for *_, reason in found
    )


@pytest.mark.parametrize("year", sorted(SHEETS))
def test_method_1_and_the_number_of_groups_match_cde_for_every_lea(state: duckdb.DuckDBPyConnection, year: int) -> None:
    frame = official(year)
    computed = (
        "select cds, if(ours, 'Y', 'N') from assistance_methods where determination_year = ? and method = 1 and ours is"
        " not null"
    )
    ours = pairs(state.execute(computed, [year]).fetchall())
    assert ours == dict(frame["MetMethod1"].items())
    counted = pairs(
        state.execute(
            "select cds, count(*) filter (meets_criteria) from student_group_history where dashboard_year = ? group"
            " by cds",
            [year],
        ).fetchall()
    )
    assert {cds: counted[cds] for cds in frame.index} == {
        cds: int(float(n)) for cds, n in frame["TotalStudentGroups"].items()
    }


def test_method_2_of_2018_matches_cde_for_every_lea(state: duckdb.DuckDBPyConnection) -> None:
    flags = dict(official(2018)["MetMethod2"].items())
    ours = pairs(
        state.execute(
            "select cds, if(ours, 'Y', 'N') from assistance_methods where determination_year = 2018 and method = 2"
        ).fetchall()
    )
    assert ours == flags
    assert sum(f == "Y" for f in ours.values()) == 11


def test_no_flag_differs_statewide(state: duckdb.DuckDBPyConnection) -> None:
    classes = pairs(state.execute("select class, count(*) from reconciliation group by class").fetchall())
    assert set(classes) == {"agree", "not_comparable"}
    assert classes["agree"] > 13_000


def test_the_list_of_consistently_low_groups_follows_from_the_letters(state: duckdb.DuckDBPyConnection) -> None:
    """The same group on three consecutive Dashboards, 2018, 2019 and 2022.

    CDE listed 122 districts and 10 county offices under EC 52064(e)(5).
    """
    rows = state.execute("""
        select lea_type, count(distinct cds) from (
            select cds, student_group from student_group_history where dashboard_year in (2018, 2019, 2022)
                and meets_criteria
            group by all having count(*) = 3
        ) join leas using (cds) group by lea_type
        """).fetchall()
    assert dict(rows) == {"district": 122, "county_office": 10}


def test_county_01_keeps_its_leading_zero(state: duckdb.DuckDBPyConnection) -> None:
    rows = state.execute(
        "select cds, lea_name, county from eligibility where cds[1:2] = '01' and pathway = 'continuum' and status ="
        " 'eligible' order by cds"
    ).fetchall()
    assert rows == [
        ("01611920000000", "Hayward Unified", "Alameda"),
        ("01612590000000", "Oakland Unified", "Alameda"),
        ("01613090000000", "San Lorenzo Unified", "Alameda"),
    ]


def test_a_renamed_district_is_one_lea_with_its_latest_name(state: duckdb.DuckDBPyConnection) -> None:
    names = [official(year).loc["21653180000000", "LEAname"] for year in (2018, 2022)]
    assert names == ["Dixie Elementary", "Miller Creek Elementary"]
    assert state.execute(
        "select lea_name, first_dashboard_year, last_dashboard_year from leas where cds = '21653180000000'"
    ).fetchall() == [("Miller Creek Elementary", 2017, 2022)]


def test_a_district_that_the_latest_workbook_lacks_may_have_closed_or_lost_its_row(
    state: duckdb.DuckDBPyConnection,
) -> None:
    """No loaded workbook of 2023 shows which.

    If three other Dashboards give "no", the answer is still "no".
    """
    gone = set(official(2019).index) - set(official(2022).index)
    assert "15633470000000" in gone, "Belridge Elementary"
    gone.remove(LOWELL_JOINT_BEFORE)  # the register of successions shows its successor
    rows = state.execute(
        "select cds, status, reason from eligibility where pathway = 'continuum' and determination_year = 2022 and"
        " list_contains(?, cds)",
        [sorted(gone)],
    )
    found = rows.fetchall()
    assert len(found) == len(gone)
    assert {status for _, status, _ in found} == {"not_eligible"}
    said = "CDE's workbook of 2022 has no row of this LEA, and no later one shows whether it should have one"
    assert all(said in reason for *_, reason in found)
    assistance = state.execute(
        "select distinct status from assistance where determination = 'differentiated_assistance' and"
        " determination_year = 2022 and list_contains(?, cds)",
        [sorted(gone)],
    )
    assert assistance.fetchall() == [("undetermined",)]


def test_a_succeeded_code_missing_from_the_latest_workbook_is_not_assessed(
    state: duckdb.DuckDBPyConnection,
) -> None:
    rows = state.execute(
        "select distinct status from eligibility where cds = $1 and determination_year = 2022 and pathway = 'continuum'"
        " union all select distinct status from assistance where cds = $1 and determination_year = 2022",
        [LOWELL_JOINT_BEFORE],
    ).fetchall()
    assert rows == [("not_assessed",), ("not_assessed",)]


def test_a_district_missing_from_two_consecutive_workbooks_is_not_assessed(state: duckdb.DuckDBPyConnection) -> None:
    rows = state.execute(
        "select distinct in_files from lea_years where cds = '21655160000000' and dashboard_year in (2018, 2019, 2022)"
    ).fetchall()
    assert rows == [(False,)], "Union Joint Elementary is in the workbook of 2017 alone"
    said = state.execute(
        "select status, reason from eligibility where cds = '21655160000000' and pathway = 'continuum' and"
        " determination_year = 2022"
    ).fetchall()
    assert said == [("not_assessed", "No results to assess: this district is not on the 2022 Dashboard.")]
