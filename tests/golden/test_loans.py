"""What the loan register says about districts, and what it leaves open."""

import csv

import duckdb
import pytest

from tests.workplace import Workplace
from transforms.settings import PROJECT

SOUTH_MONTEREY, INGLEWOOD, PLUMAS = "27660680000000", "19646340000000", "32669690000000"
OAKLAND, VALLEJO, EMERY, COMPTON = "01612590000000", "48705810000000", "01611680000000", "19734370000000"


def wraparound(db: duckdb.DuckDBPyConnection, cds: str) -> dict[int, tuple[str, str]]:
    rows = db.execute("select determination_year, status, reason from eligibility where pathway = 'wraparound' and cds = ?", [cds]).fetchall()
    return {year: (status, reason) for year, status, reason in rows}


def test_south_monterey_carries_its_loan_with_what_is_unknown(db: duckdb.DuckDBPyConnection) -> None:
    verdicts = wraparound(db, SOUTH_MONTEREY)
    assert {status for status, _ in verdicts.values()} == {"eligible"}
    _, reason = verdicts[2024]
    for part in ("SB 130", "July 2009", "2017-11-06", "Not known: whether the loan is still outstanding in 2026"):
        assert part in reason
    events = db.execute("select event, source_url from state_loan_events where cds = ?", [SOUTH_MONTEREY]).fetchall()
    assert {"authorized", "oversight_started"} <= {e for e, _ in events}
    assert all(url.startswith("http") for _, url in events)


@pytest.mark.parametrize("cds", [INGLEWOOD, PLUMAS])
def test_borrowers_without_any_dashboard_row_are_there(db: duckdb.DuckDBPyConnection, cds: str) -> None:
    assert db.execute("select count(*) from indicator_results where cds = ?", [cds]).fetchall() == [(0,)]
    assert wraparound(db, cds)[2024][0] == "eligible"
    continuum = db.execute("select distinct status from eligibility where pathway = 'continuum' and cds = ?", [cds]).fetchall()
    assert continuum == [("undetermined",)], "silence about a county must not become a no"


def test_plumas_is_not_eligible_before_its_loan(db: duckdb.DuckDBPyConnection) -> None:
    verdicts = wraparound(db, PLUMAS)
    assert [verdicts[y][0] for y in (2022, 2023, 2024)] == ["not_eligible", "not_eligible", "eligible"]


@pytest.mark.parametrize("cds", [OAKLAND, VALLEJO, EMERY, COMPTON])
def test_repaid_and_released_differ_and_the_silence_of_the_law_is_said(db: duckdb.DuckDBPyConnection, cds: str) -> None:
    days = dict(
        db.execute("select event, max(event_date) from state_loan_events where cds = ? and event in ('repaid', 'released') group by 1", [cds]).fetchall()
    )
    assert days["repaid"] < days["released"]
    status, reason = wraparound(db, cds)[2024]
    assert status == "undetermined"
    assert "the law as known" in reason
    assert "repaid" in reason
    assert "released" in reason


def test_recalled_figures_are_not_on_the_register() -> None:
    with (PROJECT / "data/registers/state_loans.csv").open() as stream:
        loans = {row["loan_id"]: row for row in csv.DictReader(stream)}
    assert loans["CA-SEL-2009-SMCJUHSD"]["chapter"] == ""
    assert loans["CA-SEL-2012-INGLEWOOD"]["scheduled_payoff"] == ""
    assert not any("recall" in value.lower() for row in loans.values() for value in row.values())


def test_a_person_closes_or_confirms_a_referral(workplace: Workplace, tmp_path) -> None:
    import shutil

    reference = tmp_path / "reference"
    shutil.copytree(PROJECT / "data", reference, ignore=shutil.ignore_patterns("snapshots", "build", "published"))
    with (reference / "registers/state_loan_events.csv").open("a") as stream:
        stream.write("X-1,CA-SEL-2003-OAKLAND,referral_closed,2026-01-15,day,2026-01-15,,,https://example.org,high,\n")
        stream.write("X-2,CA-SEL-2004-VALLEJO,referral_confirmed,2026-02-01,day,2026-02-01,,,https://example.org,high,\n")
    with workplace.decide(reference=reference) as db:
        assert wraparound(db, OAKLAND)[2024][0] == "not_eligible"
        assert wraparound(db, VALLEJO)[2024][0] == "eligible"
        assert wraparound(db, OAKLAND)[2022][0] == "eligible", "the closing lies after that determination"
