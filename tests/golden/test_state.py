"""The embedded sample covers the whole state: its flags agree with CDE's workbooks, and its counts with published ones.

The tests read the workbooks without the pipeline.
"""

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.workplace import STATE, Workplace, copy_of_state

SHEETS = {
    2022: ("assistancestatus22.xlsx", "District and COE 2022", 5),
    2023: ("assistancestatus23.xlsx", "District and COE 2023", 5),
    2024: ("assistancestatus24.xlsx", "District and COE 2024", 5),
}
ELIGIBLE = {2022: 39, 2023: 66, 2024: 67}
LISTED = {2022: 993, 2023: 991, 2024: 994}
COMPUTED = {2022: 39, 2023: 65, 2024: 67}  # of the eligible; the other one is Mountain Union Elementary in 2023
# Verdicts that are CDE's flag, because letters do not show whether an LEA has fewer than three student groups.
# Monterey's indicator rows count the groups of two of its districts (Soledad Unified in both years, South Monterey
# County Joint Union High in 2024): three fewer than from workbooks alone.
BY_CDE = {2022: 16, 2023: 70, 2024: 74}
BY_CDE_FROM_WORKBOOKS = {2022: 16, 2023: 71, 2024: 76}
DECIDED = """
    select determination_year, count(*) from eligibility where pathway = 'continuum' and decided_by = 'cde' group by 1
    order by 1
"""


def test_the_sample_stays_small() -> None:
    assert sum(path.stat().st_size for path in STATE.iterdir()) < 6_000_000


def official(year: int) -> pd.DataFrame:
    """Return CDE's rows of a year by CDS code."""
    file, sheet, header = SHEETS[year]
    frame = pd.read_excel(
        STATE / file, sheet_name=sheet, header=header, dtype="string", engine="calamine", keep_default_na=False
    )
    return frame[frame["CDS"].str.fullmatch(r"\d{14}")].set_index("CDS")


@pytest.mark.parametrize("year", sorted(SHEETS))
def test_the_continuum_matches_cdes_flag_for_every_lea(state_db: duckdb.DuckDBPyConnection, year: int) -> None:
    flags = dict(official(year)[f"EC52072_{year}"].items())
    ours = dict(
        state_db.execute(
            "select cds, status from eligibility where pathway = 'continuum' and determination_year = ?", [year]
        ).fetchall()
    )
    assert len(flags) == LISTED[year]
    assert set(flags.values()) == {"Y", "N"}
    assert {c for c, s in ours.items() if s == "eligible"} == {c for c, f in flags.items() if f == "Y"}
    assert sum(s == "eligible" for s in ours.values()) == ELIGIBLE[year]
    assert {ours[c] for c, f in flags.items() if f == "N"} <= {"not_eligible", "not_assessed"}


def test_the_decider_of_each_verdict_is_counted(state_db: duckdb.DuckDBPyConnection) -> None:
    computed = (
        "where pathway = 'continuum' and status = 'eligible' and decided_by = 'computed_from_letters' group by 1 order"
        " by 1"
    )
    assert (
        dict(state_db.execute(f"select determination_year, count(*) from eligibility {computed}").fetchall())
        == COMPUTED
    )
    assert dict(state_db.execute(DECIDED).fetchall()) == BY_CDE
    assert state_db.execute(
        "select count(*) from eligibility where pathway = 'continuum' and status = 'undetermined'"
    ).fetchall() == [(0,)]


@pytest.mark.slow
def test_with_workbooks_alone_cdes_flag_decides_more(
    state_db: duckdb.DuckDBPyConnection, raw_cache: Path, tmp_path: Path
) -> None:
    source = copy_of_state(tmp_path / "source", *(path.name for path in STATE.glob("assistancestatus*")))
    by_lea = "select cds, determination_year from eligibility where pathway = 'continuum' and decided_by = 'cde'"
    with Workplace(source, raw_cache, tmp_path / "out").decide() as letters:
        assert dict(letters.execute(DECIDED).fetchall()) == BY_CDE_FROM_WORKBOOKS
        more = set(letters.execute(by_lea).fetchall()) - set(state_db.execute(by_lea).fetchall())
    assert more == {("27754400000000", 2023), ("27754400000000", 2024), ("27660680000000", 2024)}


def test_new_and_removed_leas_in_2024(state_db: duckdb.DuckDBPyConnection) -> None:
    query = (
        "select change, count(*) from changes where pathway = 'continuum' and to_year = 2024 and change <>"
        " 'status_changed' group by 1"
    )
    assert dict(state_db.execute(query).fetchall()) == {"newly_eligible": 16, "no_longer": 15, "continuing": 51}


def test_leas_outside_monterey_are_decided_by_letters(state_db: duckdb.DuckDBPyConnection) -> None:
    """An excerpt in addition to complete workbooks is not a set of missing rows: it opens no verdict and causes no
    warning.
    """
    query = """
        select l.county = 'Monterey', list(distinct h.basis order by h.basis) from student_group_history h
        join leas l using (cds)
        where h.dashboard_year >= 2022 and l.lea_type <> 'charter' and h.basis <> 'none' group by 1 order by 1
    """
    assert state_db.execute(query).fetchall() == [(False, ["cde_letters"]), (True, ["indicators"])]
    assert state_db.execute("select count(*) from meta_gate_results where outcome <> 'passed'").fetchall() == [(0,)]
    assert state_db.execute("select count(*) from rejects").fetchall() == [(0,)]
    assert state_db.execute(
        "select count(*) from reconciliation where class in ('only_ours', 'only_cde')"
    ).fetchall() == [(0,)]


def test_counts_match_published_ones(state_db: duckdb.DuckDBPyConnection) -> None:
    """Counts that the press and county offices printed."""
    identified = """
        select county || ' ' || determination_year, count(*) filter (assistance_year = 1),
            count(*) filter (reason like 'Year 2: %')
        from assistance where determination = 'differentiated_assistance' and status = 'eligible'
            and determination_year >= 2023 and lea_type {} group by 1
    """
    districts = {place: counts for place, *counts in state_db.execute(identified.format("= 'district'")).fetchall()}
    assert {place: n for place, (n, _) in districts.items() if place.startswith(("Sacramento", "Alameda"))} == {
        "Sacramento 2023": 7, "Sacramento 2024": 11, "Alameda 2023": 8, "Alameda 2024": 13,
    }  # fmt: skip
    assert (districts["Los Angeles 2023"][0], districts["Los Angeles 2024"][1]) == (45, 11)
    assert (districts["Humboldt 2023"][0], districts["Humboldt 2024"][1]) == (14, 7)
    offices = {place for place, *_ in state_db.execute(identified.format("= 'county_office'")).fetchall()}
    assert "Humboldt 2023" in offices
    first_year = (
        "select lea_type, count(*) from assistance where determination_year = 2024 and cde_value = 'Differentiated"
        " Assistance, Year 1' group by 1"
    )
    assert dict(state_db.execute(first_year).fetchall()) == {"district": 413, "county_office": 23}
    groups = """
        select dashboard_year, student_group, count(*) from student_group_history join leas using (cds)
        where meets_criteria and county = 'Sacramento' and lea_type = 'district'
            and dashboard_year >= 2023 and student_group in ('SWD', 'HOM', 'LTEL') group by all
    """
    assert {(year, group): n for year, group, n in state_db.execute(groups).fetchall()} == {
        (2023, "SWD"): 7, (2024, "SWD"): 4, (2023, "HOM"): 6, (2024, "HOM"): 4, (2024, "LTEL"): 7,
    }  # fmt: skip
    san_juan = """
        select dashboard_year, list(student_group order by student_group) from student_group_history
        where cds = '34674470000000' and meets_criteria group by 1
    """
    found = dict(state_db.execute(san_juan).fetchall())
    assert {year: found.get(year, []) for year in (2022, 2023, 2024)} == {
        2022: ["AA", "EL", "FOS", "HOM", "SWD"], 2023: [], 2024: ["AA", "AI", "HOM", "LTEL", "SWD"],
    }  # fmt: skip
