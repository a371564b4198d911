"""What the loan register shows for districts, and what it leaves open."""

import csv
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.cases import add_rows, reference_copy
from tests.workplace import SAMPLE, Workplace
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
    """Add a Dashboard file of 2025, so that its determination exists: the file of 2024, moved one year."""
    text = (place.source / "suspdownload2024.txt").read_text("utf-8")
    (place.source / "suspdownload2025.txt").write_text(text.replace("\tSUSP\t2024", "\tSUSP\t2025"), "utf-8")


class Borrowers:
    """Copies of loans with their events, each with its own LEA and changes: one run judges all."""

    def __init__(self) -> None:
        self.copies: list[tuple[str, str, str, dict[str, str], tuple[str, ...]]] = []
        self.successions: list[list[str]] = []

    def another(self, loan: str, cds: str, *events: str, changes: dict[str, str] | None = None) -> str:
        """Copy a loan with more events and changed texts; return its LEA.

        Each event is ``event,day`` or ``event,day,precision,words``.
        """
        lea = f"{cds[:2]}9{len(self.copies):04d}0000000"
        self.copies.append((loan, cds, lea, changes or {}, events))
        return lea

    def followed(self, lea: str, district: str, heir: str, day: str, kind: str = "merger") -> None:
        """End the code of a borrower, with a district of the sample as its successor."""
        self.successions.append(
            [lea, district, heir, HEIRS[heir], day, kind, *("https://example.org", "", "a test", AS_OF)]
        )

    def write(self, reference: Path) -> None:
        add_rows(reference, "successions", *self.successions)
        for number, (loan, cds, lea, changes, events) in enumerate(self.copies):
            copy = f"{loan}-COPY{number}"
            for name in ("state_loans", "state_loan_events"):
                path = reference / f"registers/{name}.csv"
                lines = path.read_text("utf-8").splitlines()
                text = "\n".join(line for line in lines if line.startswith((f"{loan},", f"{loan}-0")))
                assert text
                for old, new in {loan: copy, cds: lea, **changes}.items():
                    text = text.replace(old, new)
                with path.open("a", encoding="utf-8") as stream:
                    stream.write(f"{text}\n")
            for event in events:
                what, day, *dated = event.split(",")
                row = [copy, what, day, *(dated or ("day", day)), "", "", "https://example.org", "high", ""]
                add_rows(reference, "state_loan_events", [f"{copy}-{what}", *row])


AS_OF = "2026-11-24"
HEIRS = {
    "27659610000000": "Alisal Union", "27659790000000": "Bradley Union Elementary", "27659870000000": "Carmel Unified",
    "27659950000000": "Chualar Union", "27660270000000": "Graves Elementary", "27660500000000": "King City Union",
    "27660350000000": "Greenfield Union Elementary", "27660760000000": "Lagunita Elementary",
    "27660840000000": "Mission Union Elementary", "27661340000000": "Pacific Grove Unified",
}  # fmt: skip
BORROWERS = Borrowers()
LIKE_OAKLAND, LIKE_VALLEJO = ("CA-SEL-2003-OAKLAND", OAKLAND), ("CA-SEL-2004-VALLEJO", VALLEJO)
LIKE_PLUMAS, LIKE_INGLEWOOD = ("CA-SEL-2025-PLUMAS", PLUMAS), ("CA-SEL-2012-INGLEWOOD", INGLEWOOD)
LIKE_EMERY, LIKE_SOUTH_MONTEREY = ("CA-SEL-2001-EMERY", EMERY), ("CA-SEL-2009-SMCJUHSD", SOUTH_MONTEREY)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory, raw_cache: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Decide the register with all copies for 2022 to 2025."""
    folder = tmp_path_factory.mktemp("loans")
    shutil.copytree(SAMPLE, folder / "source")
    reference = reference_copy(folder / "reference")
    BORROWERS.write(reference)
    place = Workplace(folder / "source", raw_cache, folder / "out", reference)
    with_2025(place)
    with place.decide() as connection:
        yield connection


def test_every_borrower_copy_is_in_the_register(judged: duckdb.DuckDBPyConnection) -> None:
    assert judged.execute("select * from rejects where source_id like 'registers/%'").fetchall() == []


def test_each_loan_has_a_verdict_in_each_determination(judged: duckdb.DuckDBPyConnection) -> None:
    with (PROJECT / "data/registers/state_loans.csv").open() as stream:
        assert {row["loan_id"] for row in csv.DictReader(stream)} == set(GOLDEN)
    states: dict[str, list[str]] = {}
    for loan, state in judged.execute(
        "select loan_id, loan_state from loan_states where loan_id not like '%-COPY%' order by loan_id,"
        " determination_year"
    ).fetchall():
        states.setdefault(loan, []).append(state)
    assert states == {loan: golden[1] for loan, golden in GOLDEN.items()}
    for loan, (cds, _, statuses, parts) in GOLDEN.items():
        verdicts = wraparound(judged, cds)
        assert [verdicts[y][0] for y in (2022, 2023, 2024, 2025)] == statuses, loan
        for part in parts:
            assert part in verdicts[2025][1], (loan, verdicts[2025][1])
        assert verdicts[2025][1].count("This is a reading of the law") <= 1
    assert (
        "The loan was outstanding on December 1, 2024, when this determination came into force. It was repaid in"
        " June 2025." in wraparound(judged, OAKLAND)[2024][1]
    )
    assert (
        "State loans: 1993 bill by Assembly Member Murray, authorized in July 1993 and second 1993 bill by Assembly"
        " Member Murray, authorized in September 1993. The loans were repaid in summer 2001, before EC"
        " 52074(g)(2)(A) took effect on September 17, 2018, and are not counted."
        in wraparound(judged, COMPTON)[2025][1]
    )
    assert "The loan was outstanding on November 30, 2023." in wraparound(judged, OAKLAND)[2022][1]


def test_the_source_age_is_shown_with_the_status(db: duckdb.DuckDBPyConnection) -> None:
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


@pytest.mark.slow
@pytest.mark.parametrize(("years", "is_old"), [(9, True), (10, False)])
def test_the_maximum_source_age_is_a_setting(workplace: Workplace, tmp_path: Path, years: int, is_old: bool) -> None:
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


def test_south_monterey_shows_its_loan_and_its_unknowns(db: duckdb.DuckDBPyConnection) -> None:
    verdicts = wraparound(db, SOUTH_MONTEREY)
    assert {status for status, _ in verdicts.values()} == {"eligible"}
    assert "Not known" not in verdicts[2024][1], "said once, under State loans"
    unknown = db.execute("select unknown from state_loans where cds = ?", [SOUTH_MONTEREY]).fetchall()
    assert unknown[0][0].startswith("whether the loan is still outstanding in 2026")
    events = db.execute("select event, source_url from state_loan_events where cds = ?", [SOUTH_MONTEREY]).fetchall()
    assert {"authorized", "oversight_started"} <= {e for e, _ in events}
    assert all(url.startswith("http") for _, url in events)


@pytest.mark.parametrize("cds", [INGLEWOOD, PLUMAS])
def test_borrowers_without_a_dashboard_row_are_included(db: duckdb.DuckDBPyConnection, cds: str) -> None:
    assert db.execute("select count(*) from indicator_results where cds = ?", [cds]).fetchall() == [(0,)]
    assert wraparound(db, cds)[2024][0] in ("eligible", "undetermined")
    continuum = db.execute(
        "select distinct status from eligibility where pathway = 'continuum' and cds = ?", [cds]
    ).fetchall()
    assert continuum == [("undetermined",)], "silence about a county must not become a no"


@pytest.mark.parametrize("cds", [OAKLAND, VALLEJO, EMERY, COMPTON])
def test_repayment_and_release_have_separate_days(db: duckdb.DuckDBPyConnection, cds: str) -> None:
    days = dict(
        db.execute(
            "select event, max(event_date) from state_loan_events where cds = ? and event in ('repaid', 'released')"
            " group by 1",
            [cds],
        ).fetchall()
    )
    assert days["repaid"] < days["released"]


def test_unsourced_figures_are_not_in_the_register() -> None:
    with (PROJECT / "data/registers/state_loans.csv").open() as stream:
        loans = {row["loan_id"]: row for row in csv.DictReader(stream)}
    assert loans["CA-SEL-2009-SMCJUHSD"]["chapter"] == ""
    assert loans["CA-SEL-2012-INGLEWOOD"]["scheduled_payoff"] == ""
    assert not any("recall" in value.lower() for row in loans.values() for value in row.values())


CLOSED = BORROWERS.another(*LIKE_OAKLAND, "referral_closed,2026-01-15")
CONFIRMED = BORROWERS.another(*LIKE_VALLEJO, "referral_confirmed,2026-02-01")
CONFIRMED_UNDRAWN = BORROWERS.another(*LIKE_PLUMAS, "referral_confirmed,2026-03-01")


def test_a_person_closes_or_confirms_a_referral(judged: duckdb.DuckDBPyConnection) -> None:
    closed, confirmed = wraparound(judged, CLOSED), wraparound(judged, CONFIRMED)
    assert [closed[y][0] for y in (2022, 2023, 2024, 2025)] == [E, E, E, N], (
        "the closing lies after the determinations before"
    )
    assert "The referral was closed on January 15, 2026." in closed[2025][1]
    assert [confirmed[y][0] for y in (2024, 2025)] == [U, E]
    undrawn = wraparound(judged, CONFIRMED_UNDRAWN)
    assert [undrawn[y][0] for y in (2024, 2025)] == [U, E]
    assert "The referral was confirmed on March 1, 2026." in undrawn[2025][1]


WITHOUT_ITS_DAY = [
    (
        BORROWERS.another(
            *LIKE_SOUTH_MONTEREY, "referral_closed,2024-01-01,year,2024",
            changes={"South Monterey County Joint Union High": "Another Union High"},  # as in the files
        ),
        [E, U, N, N],
        "The referral was closed in 2024. The day is not known well enough to say whether it is open on"
        " November 30, 2024.",
    ),
    (
        BORROWERS.another(*LIKE_INGLEWOOD, "referral_closed,2024-07-01,fiscal_year,2024-25"), [E, U, N, N],
        "The referral was closed in 2024-25.",
    ),
    (
        BORROWERS.another(
            *LIKE_INGLEWOOD, "referral_closed,2024-06-01,month,June 2024", "referral_confirmed,2024-01-01,year,2024"
        ),
        [E, U, U, U],
        "The referral was closed in June 2024.",
    ),
    (
        BORROWERS.another(*LIKE_EMERY, "referral_confirmed,2024-01-01,year,2024"), [N, U, E, E],
        "The referral was confirmed in 2024.",
    ),
    (
        BORROWERS.another(
            *LIKE_INGLEWOOD, "referral_closed,2023-06-01,month,June 2023", "referral_confirmed,2024-01-01,year,2024"
        ),
        [N, U, E, E],
        "The referral was confirmed in 2024. The referral was closed in June 2023.",
    ),
]  # fmt: skip


BOTH = "Which of the two came last on that day is not known, and would be needed to say whether it is open on"
ON_ONE_DAY = [
    (BORROWERS.another(*LIKE_OAKLAND, "referral_confirmed,2025-09-01", "referral_closed,2025-09-01"), [E, E, U, U]),
    (BORROWERS.another(*LIKE_VALLEJO, "referral_closed,2024-09-01", "referral_confirmed,2024-09-01"), [E, U, U, U]),
    (BORROWERS.another(*LIKE_INGLEWOOD, "referral_closed,2023-05-01", "referral_confirmed,2023-05-01"), [U, U, U, U]),
    (BORROWERS.another(*LIKE_INGLEWOOD, "referral_confirmed,2023-05-01", "referral_closed,2023-05-02"), [N, N, N, N]),
]


@pytest.mark.parametrize(("cds", "statuses"), ON_ONE_DAY)
def test_a_referral_confirmed_and_closed_on_one_day_is_not_determined(
    judged: duckdb.DuckDBPyConnection, cds: str, statuses: list[str]
) -> None:
    verdicts = wraparound(judged, cds)
    assert [verdicts[y][0] for y in (2022, 2023, 2024, 2025)] == statuses
    for status, reason in verdicts.values():
        assert (BOTH in reason) == (status == U)


RELEASED = [
    (
        BORROWERS.another(*LIKE_INGLEWOOD, "released,2016-03-01"),
        "The district was released on March 1, 2016, and no repayment is on record; CCEE confirms whether the loan is"
        " repaid and whether the referral has ended.",
    ),
    (
        BORROWERS.another(
            *LIKE_SOUTH_MONTEREY, "released,2018-01-01,month,January 2018",
            changes={"South Monterey County Joint Union High": "A third Union High"},
        ),
        "The district was released in January 2018, and no repayment",
    ),
    (BORROWERS.another(*LIKE_INGLEWOOD, "released,2021-01-01,year,2021"), "The district was released in 2021, and no"),
]  # fmt: skip


@pytest.mark.parametrize(("cds", "said"), RELEASED)
def test_a_release_is_not_a_repayment(judged: duckdb.DuckDBPyConnection, cds: str, said: str) -> None:
    for status, reason in wraparound(judged, cds).values():
        assert status == U
        assert said in reason
        assert "was repaid" not in reason


@pytest.mark.parametrize(("cds", "statuses", "said"), WITHOUT_ITS_DAY)
def test_an_act_without_a_day_decides_only_when_certain(
    judged: duckdb.DuckDBPyConnection, cds: str, statuses: list[str], said: str
) -> None:
    verdicts = wraparound(judged, cds)
    assert [verdicts[y][0] for y in (2022, 2023, 2024, 2025)] == statuses
    assert said in verdicts[2023][1]


DRAWN = {"2025-11-20": [N, N, E, E], "2026-01-10": [N, N, U, E]}
REPAID = {
    "2018-09-16": [N, N, N, N],  # the day before the law took effect
    "2018-09-17": [U, U, U, U],
    "2022-11-30": [U, U, U, U],  # the day before the determination of 2022
    "2022-12-02": [E, U, U, U],
    "2025-12-02": [E, E, E, E],
}
# A loan repaid in the year 2018 may have been repaid after the law took effect.
VAGUE = {"month,July 2018": N, "season,summer 2018": U, "year,2018": U}
# Otherwise the event contradicts its later source.
EARLIER_SOURCE = {"outstanding,2025-05-01,month": "outstanding,2013-05-01,month"}
LATER = {"repaid,2011-09-15,day,high,,the exact": "repaid,2019-09-15,day,high,,the exact"}
DECIDED_BY_DAYS = {BORROWERS.another(*LIKE_PLUMAS, f"disbursed,{day}"): statuses for day, statuses in DRAWN.items()} | {
    BORROWERS.another(*LIKE_INGLEWOOD, f"repaid,{day}", changes=EARLIER_SOURCE): statuses
    for day, statuses in REPAID.items()
}
DECIDED_BY_THE_LATEST_DAY = {
    BORROWERS.another(
        *LIKE_EMERY, changes={"repaid,2011-07-01,month,late July 2011": f"repaid,2018-07-01,{dated}", **LATER}
    ): status
    for dated, status in VAGUE.items()
}


def test_drawing_and_repayment_days_decide(judged: duckdb.DuckDBPyConnection) -> None:
    """The latest possible day of a vague date counts."""
    found = {cds: wraparound(judged, cds) for cds in (*DECIDED_BY_DAYS, *DECIDED_BY_THE_LATEST_DAY)}
    assert {cds: [found[cds][y][0] for y in (2022, 2023, 2024, 2025)] for cds in DECIDED_BY_DAYS} == DECIDED_BY_DAYS
    assert {cds: found[cds][2022][0] for cds in DECIDED_BY_THE_LATEST_DAY} == DECIDED_BY_THE_LATEST_DAY


DRAWN_BEFORE_ITS_ACT_MUST_END = BORROWERS.another(
    *LIKE_PLUMAS, "disbursed,2025-11-20",
    changes={"authorized,2025-06-27,day,2025-06-27": "authorized,2025-01-01,year,2025"},
)  # fmt: skip


def test_a_loan_counts_from_the_day_it_is_drawn(judged: duckdb.DuckDBPyConnection) -> None:
    """The act is of an unknown day in 2025, which may be after the end of the determination of 2024."""
    verdicts = wraparound(judged, DRAWN_BEFORE_ITS_ACT_MUST_END)
    assert [verdicts[y][0] for y in (2022, 2023, 2024, 2025)] == [N, N, E, E]


NOBODY_KNOWS = BORROWERS.another(*LIKE_INGLEWOOD, changes={"outstanding,2025-05-01,month": "repaid,2025-05-01,month"})


def test_a_loan_repaid_on_an_unknown_day_is_not_outstanding(
    judged: duckdb.DuckDBPyConnection,
) -> None:
    verdicts = wraparound(judged, NOBODY_KNOWS)
    assert {verdicts[y][0] for y in (2022, 2023, 2024, 2025)} == {U}
    assert "The loan was repaid by May 2025; CCEE confirms" in verdicts[2025][1]


@pytest.mark.parametrize(
    "cut", ["2024-07-15", *(pytest.param(day, marks=pytest.mark.slow) for day in ("2024-11-30", "2025-07-15"))]
)
def test_an_earlier_day_uses_only_earlier_loan_events(workplace: Workplace, cut: str) -> None:
    with_2025(workplace)
    with workplace.decide(as_of=date.fromisoformat(cut)) as db:
        verdicts = wraparound(db, VALLEJO)
        assert verdicts[2022][0] == verdicts[2023][0] == E
        assert ("August 2024" in verdicts[2023][1]) == (cut > "2024-08-01")
        assert (2024 in verdicts) == (cut > "2024-12-01")
        days = db.execute(
            "select distinct repaid_by::varchar, released_by::varchar from loan_states where cds = ?", [VALLEJO]
        ).fetchall()
        assert days == [("2024-08-31" if cut > "2024-08-01" else None, "2025-06-30" if cut > "2025-06-30" else None)], (
            "a day after that of the run is not known to it"
        )


# Borrowers whose code ended: kind of loan, statuses of borrower and successor from 2022 to 2025, events.
FOLLOWED: dict[str, tuple[str, str, list[str], list[str]]] = {}


def follow(
    heir: str, day: str, kind: str, like: tuple[str, str], own: list[str], of_heir: list[str], *events: str
) -> None:
    name = (
        "Inglewood Unified" if like == LIKE_INGLEWOOD else "Emery Unified" if like == LIKE_EMERY else "Plumas Unified"
    )
    lea = BORROWERS.another(*like, *events)
    BORROWERS.followed(lea, name, heir, day, kind)
    FOLLOWED[f"{kind} on {day}{' '.join(['', *events])} {like[0]}"] = (lea, heir, own, of_heir)


follow("27659610000000", "2022-07-01", "county_transfer", LIKE_INGLEWOOD, [U] * 4, [U] * 4)
follow("27659790000000", "2024-07-01", "merger", LIKE_INGLEWOOD, [E, E, U, U], [N, U, U, U])
follow("27659870000000", "2026-07-01", "unification", LIKE_PLUMAS, [N, N, U, U], [N, N, N, U])
follow("27659950000000", "2023-07-01", "lapsation", LIKE_EMERY, [N] * 4, [N] * 4)
CLOSED_LATER, CONFIRMED_LATER = "referral_closed,2024-07-01", "referral_confirmed,2024-07-01"
follow("27660270000000", "2022-07-01", "merger", LIKE_INGLEWOOD, [U, N, N, N], [U, N, N, N], CLOSED_LATER)
follow("27660500000000", "2022-07-01", "merger", LIKE_INGLEWOOD, [U] * 4, [U, E, E, E], CONFIRMED_LATER)
follow("27660350000000", "2025-07-01", "merger", LIKE_INGLEWOOD, [E, E, E, U], [N, N, U, U], CONFIRMED_LATER)
BORROWERS.followed("27659610000000", HEIRS["27659610000000"], "27660760000000", "2023-07-01", "unification")
BOTH_CODES = BORROWERS.another(
    *LIKE_INGLEWOOD,
    changes={",,,Inglewood Unified": ",27660840000000,Mission Union Elementary,Inglewood Unified"},
)


@pytest.mark.parametrize("case", FOLLOWED)
def test_the_successor_of_a_borrower_has_its_loan_in_the_reason(judged: duckdb.DuckDBPyConnection, case: str) -> None:
    lea, heir, own, of_heir = FOLLOWED[case]
    assert [wraparound(judged, lea)[y][0] for y in (2022, 2023, 2024, 2025)] == own
    verdicts = wraparound(judged, heir)
    assert [verdicts[y][0] for y in (2022, 2023, 2024, 2025)] == of_heir
    for year, (status, reason) in verdicts.items():
        day = next(row[4] for row in BORROWERS.successions if row[2] == heir)
        known = (
            date.fromisoformat(day)
            <= judged.execute("select as_of from determination_years where determination_year = ?", [year]).fetchone()[
                0
            ]
        )
        assert (f"({lea}), whose code ended on" in reason) == known
        assert ("No emergency apportionment" in reason) == (not known)
        assert ("does not say whether the referral passes" in reason) == (status == U and known)


def test_a_loan_follows_code_chains_and_registered_successors(judged: duckdb.DuckDBPyConnection) -> None:
    (first,) = (lea for lea, heir, *_ in FOLLOWED.values() if heir == "27659610000000")
    last = wraparound(judged, "27660760000000")
    assert {y: last[y][0] for y in (2022, 2023)} == {2022: U, 2023: U}
    assert f"Inglewood Unified ({first}), whose code ended on July 1, 2022" in last[2023][1]
    named = wraparound(judged, "27660840000000")
    assert {named[y][0] for y in (2022, 2023, 2024, 2025)} == {U}
    assert f"State loan to Inglewood Unified ({BOTH_CODES}), which this district follows" in named[2025][1]
