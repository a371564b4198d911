"""What the loan register says about districts, and what it leaves open."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.cases import add_rows, reference_copy
from tests.workplace import Workplace
from transforms.settings import PROJECT

SOUTH_MONTEREY, INGLEWOOD, PLUMAS = "27660680000000", "19646340000000", "32669690000000"
OAKLAND, VALLEJO, EMERY, COMPTON = "01612590000000", "48705810000000", "01611680000000", "19734370000000"
WEST_CONTRA_COSTA, COACHELLA, WASHINGTON = "07617960000000", "33736760000000", "10767780000000"
READING = (
    "This is a reading of the law: CCEE's pages say that AB 1840 referred the districts whose loans were outstanding."
)
OPEN = "CCEE confirms whether the referral has ended."
E, N, U = "eligible", "not_eligible", "undetermined"
# Each loan of the register: state and status in 2022, 2023, 2024 and 2025, and words of the reason in 2025.
GOLDEN: dict[str, tuple[str, list[str], list[str], tuple[str, ...]]] = {
    "CA-SEL-1990-WCC-A": (
        WEST_CONTRA_COSTA, ["repaid_before_law"] * 4, [N] * 4,
        ("AB 1202 (Campbell)", "repaid in January 2012, before EC 52074", READING),
    ),
    "CA-SEL-1991-WCC-B": (
        WEST_CONTRA_COSTA, ["repaid_before_law"] * 4, [N] * 4,
        ("Court order of 2 May 1991", "repaid in January 2012", READING),
    ),
    "CA-SEL-1992-COACHELLA": (
        COACHELLA, ["repaid_before_law"] * 4, [N] * 4,
        ("repaid before September 2011, before EC 52074", READING),
    ),
    "CA-SEL-1993-COMPTON-A": (
        COMPTON, ["repaid_before_law"] * 4, [N] * 4,
        ("loans were repaid in summer 2001", READING),
    ),
    "CA-SEL-1993-COMPTON-B": (
        COMPTON, ["repaid_before_law"] * 4, [N] * 4,
        ("second 1993 bill", "repaid in summer 2001", READING),
    ),
    "CA-SEL-2001-EMERY": (
        EMERY, ["repaid_before_law"] * 4, [N] * 4,
        ("repaid in late July 2011", "took effect on September 17, 2018", READING),
    ),
    "CA-SEL-2003-WESTFRESNO": (
        WASHINGTON, ["repaid_before_law"] * 4, [N] * 4,
        ("State loan to West Fresno Elementary, which no longer exists", READING),
    ),
    "CA-SEL-2003-OAKLAND": (
        OAKLAND, ["outstanding"] * 3 + ["repaid_or_released"], [E, E, E, U],
        (f"The loan was repaid in June 2025; {OPEN}",),
    ),
    "CA-SEL-2004-VALLEJO": (
        VALLEJO, ["outstanding"] * 2 + ["repaid_or_released"] * 2, [E, E, U, U],
        (f"The loan was repaid in August 2024; {OPEN}",),
    ),
    "CA-SEL-2009-SMCJUHSD": (
        SOUTH_MONTEREY, ["outstanding"] * 4, [E] * 4,
        ("SB 130, authorized in July 2009", "of November 6, 2017. That source is nine years old."),
    ),
    "CA-SEL-2012-INGLEWOOD": (
        INGLEWOOD, ["outstanding"] * 4, [E] * 4,
        ("SB 533 (Wright)", "outstanding in its latest source, of May 2025."),
    ),
    "CA-SEL-2025-PLUMAS": (
        PLUMAS, ["not_received"] * 2 + ["authorized_only"] * 2, [N, N, U, U],
        (
            "authorized on June 27, 2025",
            "not known whether the district has drawn the loan, and the law is about a district that receives one",
        ),
    ),
}  # fmt: skip


def wraparound(db: duckdb.DuckDBPyConnection, cds: str) -> dict[int, tuple[str, str]]:
    rows = db.execute(
        "select determination_year, status, reason from eligibility where pathway = 'wraparound' and cds = ?", [cds]
    ).fetchall()
    return {year: (status, reason) for year, status, reason in rows}


def with_2025(place: Workplace) -> None:
    """A Dashboard file of 2025, so that its determination exists: that of 2024, a year later."""
    text = (place.source / "suspdownload2024.txt").read_text("utf-8")
    (place.source / "suspdownload2025.txt").write_text(text.replace("\tSUSP\t2024", "\tSUSP\t2025"), "utf-8")


@contextmanager
def decided(
    place: Workplace, folder: Path, *events: str, loans: dict[str, str] | None = None, as_of: date | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables with these events more, and these texts of the loan register changed.

    Each event is ``loan,event,day`` or ``loan,event,day,precision,words``.
    """
    with_2025(place)
    reference = reference_copy(folder / "reference")
    path = reference / "registers/state_loans.csv"
    text = path.read_text()
    for old, new in (loans or {}).items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text)
    for number, row in enumerate(events):
        loan, event, day, *dated = row.split(",")
        precision, words = dated or ("day", day)
        add_rows(
            reference,
            "state_loan_events",
            [f"X-{number}", loan, event, day, precision, words, "", "", "https://example.org", "high", ""],
        )
    with place.decide(reference=reference, **({"as_of": as_of} if as_of else {})) as db:
        yield db


def test_each_loan_in_each_determination(workplace: Workplace, tmp_path: Path) -> None:
    with (PROJECT / "data/registers/state_loans.csv").open() as stream:
        assert {row["loan_id"] for row in csv.DictReader(stream)} == set(GOLDEN)
    with decided(workplace, tmp_path) as db:
        states: dict[str, list[str]] = {}
        for loan, state in db.execute(
            "select loan_id, loan_state from loan_states order by loan_id, determination_year"
        ).fetchall():
            states.setdefault(loan, []).append(state)
        assert states == {loan: golden[1] for loan, golden in GOLDEN.items()}
        for loan, (cds, _, statuses, parts) in GOLDEN.items():
            verdicts = wraparound(db, cds)
            assert [verdicts[y][0] for y in (2022, 2023, 2024, 2025)] == statuses, loan
            for part in parts:
                assert part in verdicts[2025][1], (loan, verdicts[2025][1])
            assert verdicts[2025][1].count("This is a reading of the law") <= 1
        assert (
            "The loan was outstanding on December 1, 2024, when this determination came into force. It was repaid in"
            " June 2025." in wraparound(db, OAKLAND)[2024][1]
        )
        assert (
            "State loans: 1993 bill by Assembly Member Murray, authorized in July 1993 and second 1993 bill by Assembly"
            " Member Murray, authorized in September 1993. The loans were repaid in summer 2001, before EC"
            " 52074(g)(2)(A) took effect on September 17, 2018, and are not counted."
            in wraparound(db, COMPTON)[2025][1]
        )
        assert "The loan was outstanding on November 30, 2023." in wraparound(db, OAKLAND)[2022][1]


def test_the_age_of_the_source_is_beside_the_status(db: duckdb.DuckDBPyConnection) -> None:
    rows = db.execute(
        "select cds, status, source_age_years, source_is_old from eligibility where pathway = 'wraparound' and"
        " determination_year = 2024"
    ).fetchall()
    found = {cds: rest for cds, *rest in rows}
    assert found[SOUTH_MONTEREY] == ["eligible", 9, True]
    assert found[INGLEWOOD] == ["eligible", 1, False]
    assert found[OAKLAND] == [
        "eligible",
        None,
        False,
    ], "its latest source says that it was repaid: it does not grow old"
    assert found[EMERY] == ["not_eligible", None, False]
    assert db.execute(
        "select count(*) from eligibility where pathway <> 'wraparound' and source_age_years is not null"
    ).fetchall() == [(0,)]


@pytest.mark.parametrize(("years", "is_old"), [(9, True), (10, False)])
def test_how_old_is_too_old_is_a_setting(workplace: Workplace, tmp_path: Path, years: int, is_old: bool) -> None:
    reference = reference_copy(tmp_path / "reference")
    path = reference / "rules/pathways.toml"
    path.write_text(path.read_text().replace("old_after_years = 3", f"old_after_years = {years}"))
    with workplace.decide(reference=reference) as db:
        rows = db.execute(
            "select source_is_old from eligibility where pathway = 'wraparound' and determination_year = 2024 and"
            " cds = ?",
            [SOUTH_MONTEREY],
        )
        assert rows.fetchall() == [(is_old,)]


def test_south_monterey_carries_its_loan_with_what_is_unknown(db: duckdb.DuckDBPyConnection) -> None:
    verdicts = wraparound(db, SOUTH_MONTEREY)
    assert {status for status, _ in verdicts.values()} == {"eligible"}
    assert "Not known" not in verdicts[2024][1], "said once, under State loans"
    unknown = db.execute("select unknown from state_loans where cds = ?", [SOUTH_MONTEREY]).fetchall()
    assert unknown[0][0].startswith("whether the loan is still outstanding in 2026")
    events = db.execute("select event, source_url from state_loan_events where cds = ?", [SOUTH_MONTEREY]).fetchall()
    assert {"authorized", "oversight_started"} <= {e for e, _ in events}
    assert all(url.startswith("http") for _, url in events)


@pytest.mark.parametrize("cds", [INGLEWOOD, PLUMAS])
def test_borrowers_without_any_dashboard_row_are_there(db: duckdb.DuckDBPyConnection, cds: str) -> None:
    assert db.execute("select count(*) from indicator_results where cds = ?", [cds]).fetchall() == [(0,)]
    assert wraparound(db, cds)[2024][0] in ("eligible", "undetermined")
    continuum = db.execute(
        "select distinct status from eligibility where pathway = 'continuum' and cds = ?", [cds]
    ).fetchall()
    assert continuum == [("undetermined",)], "silence about a county must not become a no"


@pytest.mark.parametrize("cds", [OAKLAND, VALLEJO, EMERY, COMPTON])
def test_repaid_and_released_are_two_days(db: duckdb.DuckDBPyConnection, cds: str) -> None:
    days = dict(
        db.execute(
            "select event, max(event_date) from state_loan_events where cds = ? and event in ('repaid', 'released')"
            " group by 1",
            [cds],
        ).fetchall()
    )
    assert days["repaid"] < days["released"]


def test_recalled_figures_are_not_on_the_register() -> None:
    with (PROJECT / "data/registers/state_loans.csv").open() as stream:
        loans = {row["loan_id"]: row for row in csv.DictReader(stream)}
    assert loans["CA-SEL-2009-SMCJUHSD"]["chapter"] == ""
    assert loans["CA-SEL-2012-INGLEWOOD"]["scheduled_payoff"] == ""
    assert not any("recall" in value.lower() for row in loans.values() for value in row.values())


def test_a_person_closes_or_confirms_a_referral(workplace: Workplace, tmp_path: Path) -> None:
    closed, confirmed = (
        "CA-SEL-2003-OAKLAND,referral_closed,2026-01-15",
        "CA-SEL-2004-VALLEJO,referral_confirmed,2026-02-01",
    )
    with decided(workplace, tmp_path, closed, confirmed, "CA-SEL-2025-PLUMAS,referral_confirmed,2026-03-01") as db:
        assert [wraparound(db, OAKLAND)[y][0] for y in (2022, 2023, 2024, 2025)] == [
            E,
            E,
            E,
            N,
        ], "the closing lies after the determinations before"
        assert "The referral was closed on January 15, 2026." in wraparound(db, OAKLAND)[2025][1]
        assert [wraparound(db, VALLEJO)[y][0] for y in (2024, 2025)] == [U, E]
        assert [wraparound(db, PLUMAS)[y][0] for y in (2024, 2025)] == [U, E]
        assert "The referral was confirmed on March 1, 2026." in wraparound(db, PLUMAS)[2025][1]


@pytest.mark.parametrize(
    ("cds", "events", "statuses", "said"),
    [
        (
            SOUTH_MONTEREY, ["CA-SEL-2009-SMCJUHSD,referral_closed,2024-01-01,year,2024"], [E, U, N, N],
            "The referral was closed in 2024. The day is not known well enough to say whether it is open on"
            " November 30, 2024.",
        ),
        (
            INGLEWOOD, ["CA-SEL-2012-INGLEWOOD,referral_closed,2024-07-01,fiscal_year,2024-25"], [E, U, N, N],
            "The referral was closed in 2024-25.",
        ),
        (
            INGLEWOOD,
            [
                "CA-SEL-2012-INGLEWOOD,referral_closed,2024-06-01,month,June 2024",
                "CA-SEL-2012-INGLEWOOD,referral_confirmed,2024-01-01,year,2024",
            ],
            [E, U, U, U],
            "The referral was closed in June 2024.",
        ),
        (
            EMERY, ["CA-SEL-2001-EMERY,referral_confirmed,2024-01-01,year,2024"], [N, U, E, E],
            "The referral was confirmed in 2024.",
        ),
        (
            INGLEWOOD,
            [
                "CA-SEL-2012-INGLEWOOD,referral_closed,2023-06-01,month,June 2023",
                "CA-SEL-2012-INGLEWOOD,referral_confirmed,2024-01-01,year,2024",
            ],
            [N, U, E, E],
            "The referral was confirmed in 2024. The referral was closed in June 2023.",
        ),
    ],
)  # fmt: skip
def test_an_act_of_a_person_without_its_day_decides_once_it_is_sure(
    workplace: Workplace, tmp_path: Path, cds: str, events: list[str], statuses: list[str], said: str
) -> None:
    with decided(workplace, tmp_path, *events) as db:
        verdicts = wraparound(db, cds)
        assert [verdicts[y][0] for y in (2022, 2023, 2024, 2025)] == statuses
        assert said in verdicts[2023][1]


class Borrowers:
    """Copies of a loan and its events in a reference folder, each of an LEA of its own, so that one run judges all."""

    def __init__(self, folder: Path) -> None:
        self.reference, self.number = reference_copy(folder / "reference"), 0

    def another(self, loan: str, cds: str, changes: dict[str, str]) -> str:
        """A copy with texts changed; its LEA."""
        self.number += 1
        lea = f"{cds[:2]}9{self.number:04d}0000000"
        for name in ("state_loans", "state_loan_events"):
            path = self.reference / f"registers/{name}.csv"
            lines = path.read_text("utf-8").splitlines()
            lines = [line for line in lines if line.startswith((f"{loan},", f"{loan}-0"))]
            assert lines
            for old, new in {loan: f"{loan}-COPY{self.number}", cds: lea, **changes}.items():
                lines = [line.replace(old, new) for line in lines]
            with path.open("a", encoding="utf-8") as stream:
                stream.write("\n".join([*lines, ""]))
        return lea

    def happened(self, loan: str, cds: str, event: str, day: str, changes: dict[str, str] | None = None) -> str:
        """A copy to which something more has happened; its LEA."""
        lea = self.another(loan, cds, changes or {})
        row = [f"{loan}-COPY{self.number}", event, day, "day", day, "", "", "https://example.org", "high", ""]
        add_rows(self.reference, "state_loan_events", [f"X-{self.number}", *row])
        return lea


DRAWN = {"2025-11-20": [N, N, E, E], "2026-01-10": [N, N, U, E]}
REPAID = {
    "2018-09-16": [N, N, N, N],  # the day before the law took effect
    "2018-09-17": [U, U, U, U],
    "2022-11-30": [U, U, U, U],  # the day before the determination of 2022
    "2022-12-02": [E, U, U, U],
    "2025-12-02": [E, E, E, E],
}
# A loan repaid in the year 2018 may have been repaid after the law began.
VAGUE = {"month,July 2018": N, "season,summer 2018": U, "year,2018": U}


def test_days_of_drawing_and_of_repayment_decide(workplace: Workplace, tmp_path: Path) -> None:
    """The latest possible day of a vague date counts."""
    with_2025(workplace)
    borrowers = Borrowers(tmp_path)
    plumas, inglewood = ("CA-SEL-2025-PLUMAS", PLUMAS), ("CA-SEL-2012-INGLEWOOD", INGLEWOOD)
    # Else the event contradicts its later source.
    source = {"outstanding,2025-05-01,month": "outstanding,2013-05-01,month"}
    expected = {borrowers.happened(*plumas, "disbursed", day): statuses for day, statuses in DRAWN.items()}
    expected |= {borrowers.happened(*inglewood, "repaid", day, source): statuses for day, statuses in REPAID.items()}
    later = {"repaid,2011-09-15,day,high,,the exact": "repaid,2019-09-15,day,high,,the exact"}
    vague = {
        borrowers.another(
            *("CA-SEL-2001-EMERY", EMERY),
            {"repaid,2011-07-01,month,late July 2011": f"repaid,2018-07-01,{dated}", **later},
        ): status
        for dated, status in VAGUE.items()
    }
    with workplace.decide(reference=borrowers.reference) as db:
        assert db.execute("select * from rejects where source_id like 'registers/%'").fetchall() == []
        found = {cds: wraparound(db, cds) for cds in (*expected, *vague)}
    assert {cds: [found[cds][y][0] for y in (2022, 2023, 2024, 2025)] for cds in expected} == expected
    assert {cds: found[cds][2022][0] for cds in vague} == vague


def test_a_loan_that_is_repaid_on_a_day_that_nobody_knows_is_not_outstanding(
    workplace: Workplace, tmp_path: Path
) -> None:
    changed = {"outstanding,2025-05-01,month": "repaid,2025-05-01,month"}
    with decided(workplace, tmp_path, loans=changed) as db:
        assert {wraparound(db, INGLEWOOD)[y][0] for y in (2022, 2023, 2024, 2025)} == {U}
        assert "The loan was repaid by May 2025; CCEE confirms" in wraparound(db, INGLEWOOD)[2025][1]


@pytest.mark.parametrize("cut", ["2024-07-15", "2024-11-30", "2025-07-15"])
def test_earlier_days_know_only_what_was_known(workplace: Workplace, tmp_path: Path, cut: str) -> None:
    with decided(workplace, tmp_path, as_of=date.fromisoformat(cut)) as db:
        verdicts = wraparound(db, VALLEJO)
        assert verdicts[2022][0] == verdicts[2023][0] == E
        assert ("August 2024" in verdicts[2023][1]) == (cut > "2024-08-01")
        assert (2024 in verdicts) == (cut > "2024-12-01")
