"""Recorded pathways: the effect of a recorded case, which counts from its day on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest
from typer.testing import CliRunner

from expectations.results import run_sql_checks
from flows.cli.app import app
from reports.answer import read_answer
from tests.cases import CHARTER, DISTRICT, NAMES, add_rows, case, reference_copy
from tests.workplace import SAMPLE, Workplace
from transforms.release.digests import dated_facts
from transforms.wording.sentences import joined, number, plain_day

Decide = Callable[..., Any]
SALINAS, COUNTY_OFFICE, BORROWER = "27661590000000", "27102720000000", "19646340000000"

GATES = ("files", "contracts", "determinations")
OF_A_RELEASE = ("files_not_used", "columns-present", "columns-types")  # these use tables that only a release has


class Verdict(NamedTuple):
    status: str
    case_state: str | None
    reason: str


SOLEDAD, GONZALES, BIG_SUR = "27754400000000", "27754730000000", "27751500000000"
NO_ACT = {"determination_date": "", "determination_by": ""}
FROM_ITS_DAY = {
    "cds": SOLEDAD, "lea_name": "Soledad Unified", "case_id": "P-day", "determination_date": "2023-12-20",
    "concurrence_date": "2025-02-01", "requested_date": "2023-12-05", "entered_on": "2025-03-01",
}  # fmt: skip
SAME_BODY = [
    case("primary", case_id="same", cds=BORROWER, geo_lead="Los Angeles COE", same_body="Y"),
    case("primary", case_id="differs", cds=BORROWER, geo_lead="Los Angeles COE", same_body="N"),
    case("primary", case_id="other", same_body="N"),
    case("primary", case_id="another", geo_lead="Siskiyou COE", same_body="N"),
    case("primary", case_id="long", geo_lead="The Kern County Office of Education", same_body="N"),
    case("primary", case_id="one of two", cds="03739810000000", geo_lead="Sacramento COE", same_body="N"),
    case("primary", case_id="neither", cds="03739810000000", geo_lead="San Diego COE", same_body="N"),
    case("primary", case_id="unknown", cds="01612590000000"),
    case(
        "primary", case_id="term", cds="01612590000000", geo_lead="Alameda COE",
        assistance_from="2021-01-01", requested_date="2022-01-01", determination_date="2022-02-01",
        concurrence_date="2022-03-01",
    ),
]  # fmt: skip
# Independent cases: one run decides all of them.
ON_RECORD = [
    case("primary", **FROM_ITS_DAY),
    case("primary", case_id="P-charter", cds=CHARTER, assistance_statute="EC 47607.3"),
    *SAME_BODY,
]
OF_THE_STATE = [
    case("spi", case_id="S-old", end_date="2024-12-01", end_reason="goals met"),
    case("spi", case_id="S-new", requested_date="2025-01-05", **NO_ACT),
    case("spi", case_id="S-open", cds=SALINAS),
    case("spi", case_id="S-closed", cds=SALINAS, end_date="2024-12-01"),
    case(
        "spi", case_id="S-1", cds=GONZALES, lea_name="Gonzales Unified", superseded_by="S-2",
        note="entered by mistake, for Big Sur Unified",
    ),
    case("spi", case_id="S-2", cds=BIG_SUR, lea_name="Big Sur Unified"),
    case("spi", case_id="S-office", cds=COUNTY_OFFICE),
]  # fmt: skip


@pytest.fixture(scope="module")
def on_record(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Decide ON_RECORD, OF_THE_STATE and a request."""
    folder = tmp_path_factory.mktemp("on-record")
    reference = reference_copy(folder / "reference")
    add_rows(reference, "primary", *ON_RECORD)
    add_rows(reference, "spi", *OF_THE_STATE)
    add_rows(reference, "request", case("request"))
    with Workplace(SAMPLE, raw_cache, folder / "out", reference).decide() as connection:
        yield connection


@pytest.fixture
def decide(workplace: Workplace, tmp_path: Path) -> Decide:
    """Return a function that decides these cases, given as register name and rows."""

    @contextmanager
    def run(*rows: tuple[str, dict[str, str]], as_of: date = date(2026, 11, 24)) -> Iterator[duckdb.DuckDBPyConnection]:
        reference = reference_copy(tmp_path / "reference")
        for register, row in rows:
            add_rows(reference, register, row)
        with workplace.decide(reference=reference, as_of=as_of) as connection:
            yield connection

    return run


def verdicts(db: duckdb.DuckDBPyConnection, pathway: str, year: int = 2024) -> dict[str, Verdict]:
    """Return the verdicts of the LEAs that have a case in this pathway, by CDS code."""
    query = (
        "select cds, status, case_state, reason from eligibility where pathway = ? and determination_year = ? and"
        " case_state is not null"
    )
    return {cds: Verdict(*rest) for cds, *rest in db.execute(query, [pathway, year]).fetchall()}


def leas(db: duckdb.DuckDBPyConnection) -> list[str]:
    """Return districts of the sample's county, one for each case."""
    return [
        c
        for (c,) in db.execute(
            "select cds from leas where lea_type = 'district' and cds[1:2] = '27' order by cds"
        ).fetchall()
    ]


NO_ANSWER = {"concurrence": "", "concurrence_date": "", "concurrence_by": "", "geo_lead": ""}
NO_ASSISTANCE = {"assistance_from": "", "assistance_provider": "", "assistance_statute": ""}
CASES: list[tuple[str, dict[str, str], str, str, str]] = [
    (
        "primary",
        {},
        "eligible",
        "concurred",
        (
            "after assistance under EC 52071 by Monterey COE from January 10, 2023, the county superintendent"
            " determined on September 1, 2024"
        ),
    ),
    (
        "primary",
        {"received_date": "2024-10-05"},
        "eligible",
        "referred",
        "and the Geographic Lead (Kern COE) agreed on October 1, 2024.",
    ),
    ("primary", {"engagement_start": "2024-11-01"}, "eligible", "engaged", "CCEE's work began on November 1, 2024"),
    (
        "primary",
        NO_ASSISTANCE,
        "undetermined",
        "concurred",
        "precondition not shown: no assistance under EC 52071 or 47607.3",
    ),
    (
        "primary",
        {"assistance_from": "2024-09-02"},
        "undetermined",
        "concurred",
        "precondition not shown: the assistance on record began on September 2, 2024",
    ),
    ("primary", NO_ANSWER, "not_eligible", "determined", "no answer of the Geographic Lead is on record by that day"),
    (
        "primary",
        {"concurrence": "no"},
        "not_eligible",
        "determined",
        "the Geographic Lead (Kern COE) did not agree, on October 1, 2024.",
    ),
    (
        "primary",
        NO_ACT,
        "not_eligible",
        "concurred",
        "no determination of the county superintendent is on record by that day, and both acts are needed",
    ),
    (
        "primary",
        {**NO_ACT, **NO_ANSWER},
        "not_eligible",
        "requested",
        "requested on August 1, 2024; no determination of the county superintendent",
    ),
    (
        "primary",
        {"concurrence_date": "2024-08-20"},
        "eligible",
        "concurred",
        "The agreement of the Geographic Lead is dated before the determination.",
    ),
    (
        "primary",
        {"end_date": "2025-01-10", "end_reason": "done"},
        "not_eligible",
        "closed",
        "No open case as of November 24, 2026. Case C: ended on January 10, 2025: done.",
    ),
    (
        "spi",
        {},
        "eligible",
        "determined",
        "the State Superintendent determined on September 1, 2024 that CCEE's help is necessary",
    ),
    ("spi", {"received_date": "2024-09-03"}, "eligible", "referred", "the State Superintendent determined"),
    (
        "spi",
        NO_ACT,
        "not_eligible",
        "requested",
        "no determination of the State Superintendent is on record by that day",
    ),
    (
        "fee_for_service",
        {},
        "eligible",
        "agreed",
        "agreement A-7 of September 1, 2024, under item 0000-000-0000 of the Budget Act of 2024",
    ),
    (
        "fee_for_service",
        {"budget_act_item": ""},
        "eligible",
        "agreed",
        "the item of the Budget Act that gives the authority is not shown",
    ),
    (
        "fee_for_service",
        {"agreement_date": "", "agreement_number": ""},
        "not_eligible",
        "requested",
        "no agreement is on record by that day",
    ),
    (
        "request",
        {},
        "eligible",
        "agreed",
        "requested on August 1, 2024; CCEE accepted the request on September 1, 2024",
    ),
    (
        "request",
        {"decision": "declined", "decision_reason": "no capacity"},
        "not_eligible",
        "closed",
        "CCEE declined the request on September 1, 2024: no capacity.",
    ),
    ("request", {"decision": "withdrawn"}, "not_eligible", "closed", "the request was withdrawn on September 1, 2024"),
    (
        "request",
        {"decision": "", "decision_date": ""},
        "undetermined",
        "requested",
        "no decision is on record by that day",
    ),
]


def test_each_case_gives_its_verdict(decide: Decide, db: duckdb.DuckDBPyConnection) -> None:
    districts, names = leas(db), dict(db.execute("select cds, lea_name from leas").fetchall())
    assert verdicts(db, "primary") == {}
    given = []
    for n, (register, changes, *_) in enumerate(CASES):
        given.append(
            (
                register,
                case(
                    register,
                    cds=districts[n],
                    lea_name=names[districts[n]],
                    **{"case_id": "C" if "end_date" in changes else f"C-{n}", **changes},
                ),
            )
        )
    with decide(*given) as db:
        for n, (register, changes, status, state, part) in enumerate(CASES):
            found = verdicts(db, register)[districts[n]]
            assert (found.status, found.case_state) == (status, state), (register, changes, found.reason)
            assert part in found.reason
        assert [
            (r.check_id, r.detail)
            for gate in GATES
            for r in run_sql_checks(db, gate)
            if r.stops_release and r.check_id not in OF_A_RELEASE
        ] == []
        counted = db.execute(
            "select count(*) from eligibility where determination_year = 2024 and case_state is not null"
        ).fetchall()
        assert counted == [(len(CASES),)], "no other LEA has a case"
        open_ones = {(r["pathway"], r["why"]) for r in read_answer(db).open}
        assert {("primary", "earlier assistance not on record"), ("request", "no decision yet")} <= open_ones


def test_a_case_counts_from_its_day(on_record: duckdb.DuckDBPyConnection) -> None:
    by_year = dict(on_record.execute("select determination_year, as_of from determination_years").fetchall())
    assert by_year[2022] < date(2023, 12, 5), "the determination of 2022 was no longer in force when the case began"
    before = on_record.execute(
        "select status, reason from eligibility where pathway = 'primary' and determination_year = 2022 and cds = ?",
        [SOLEDAD],
    ).fetchone()
    assert before == (
        "not_assessed",
        (
            f"No Primary case is on record for this district as of {plain_day(by_year[2022])}; this pathway is"
            " recorded, never computed."
        ),
    )
    assert SOLEDAD not in verdicts(on_record, "primary", 2022)
    found = verdicts(on_record, "primary", 2023)[SOLEDAD]
    assert (found.status, found.case_state) == ("not_eligible", "determined")
    assert "2025" not in found.reason, "what came later is not known"
    assert verdicts(on_record, "primary")[SOLEDAD].status == "eligible"
    assert {"2023-12-05", "2023-12-20", "2025-02-01"} <= set(dated_facts(on_record)), (
        "a later run must look again after these days"
    )


@pytest.mark.slow
def test_only_cases_up_to_the_day_of_the_run_count(decide: Decide) -> None:
    open_case = case("spi", engagement_start="2024-11-01", end_date="2025-07-01")
    closed = case("spi", case_id="S-2", cds=SALINAS, engagement_start="2024-11-01", end_date="2025-06-30")
    with decide(("spi", open_case), ("spi", closed), as_of=date(2025, 6, 30)) as db:
        assert {cds: found[:2] for cds, found in verdicts(db, "spi").items()} == {
            DISTRICT: ("eligible", "engaged"),
            SALINAS: ("not_eligible", "closed"),
        }


def test_the_case_nearest_to_eligible_decides_and_all_are_listed(
    on_record: duckdb.DuckDBPyConnection,
) -> None:
    found = verdicts(on_record, "spi")
    assert found[DISTRICT][:2] == ("not_eligible", "requested")
    assert "Case S-new: requested on January 5, 2025" in found[DISTRICT].reason
    assert "Case S-old: ended on December 1, 2024: goals met." in found[DISTRICT].reason
    assert found[SALINAS][:2] == ("eligible", "determined")
    sentence = on_record.execute(
        "select pathways, sentence from eligible_districts where cds = ? and determination_year = 2024", [SALINAS]
    ).fetchall()
    assert "spi" in sentence[0][0]
    assert "State Superintendent" in sentence[0][1]


def test_a_replaced_case_does_not_count_and_is_kept(on_record: duckdb.DuckDBPyConnection) -> None:
    assert {GONZALES, BIG_SUR} & set(verdicts(on_record, "spi")) == {BIG_SUR}
    assert on_record.execute(
        "select case_id, superseded_by from pathway_register where case_id in ('S-1', 'S-2') order by 1"
    ).fetchall() == [("S-1", "S-2"), ("S-2", None)]


def test_county_offices_use_the_other_pathways(on_record: duckdb.DuckDBPyConnection) -> None:
    assert verdicts(on_record, "spi")[COUNTY_OFFICE].status == "eligible"


def test_a_case_of_an_lea_without_verdicts_is_not_lost(on_record: duckdb.DuckDBPyConnection) -> None:
    kept = on_record.execute(
        "select case_id, lea_type, county, has_verdicts from pathway_register where cds = ?", [CHARTER]
    ).fetchall()
    assert kept == [("P-charter", "charter", "Monterey", False)]
    assert on_record.execute(
        "select status, case_state from case_states where determination_year = 2024 and cds = ?", [CHARTER]
    ).fetchall() == [("eligible", "concurred")]
    (warning,) = [
        r
        for r in run_sql_checks(on_record, "determinations")
        if r.outcome == "failed" and r.check_id == "cases_have_verdicts"
    ]
    assert not warning.stops_release
    assert CHARTER in warning.detail


def test_the_lead_agency_term_determines_one_body_for_both_acts(
    on_record: duckdb.DuckDBPyConnection,
) -> None:
    found = {
        case_id: rest
        for case_id, *rest in on_record.execute(
            "select case_id, same_body, same_body_note from pathway_register"
        ).fetchall()
    }
    assert found["same"] == [True, None]
    assert found["differs"] == [
        True,
        "The register states no; the list of Geographic Leads states yes (Los Angeles COE).",
    ]
    assert found["other"] == [False, None]
    assert found["another"] == [
        False,
        "The register names Siskiyou COE; the list of Geographic Leads has Kern County Superintendent of Schools"
        " for that day.",
    ]
    assert found["long"] == [False, None]
    assert found["one of two"] == [False, None], "Sacramento and Placer lead the area together"
    assert "The register names San Diego COE" in found["neither"][1]
    assert found["unknown"] == [None, "The list of Geographic Leads names no lead of this county for that day."]
    assert found["term"] == [True, None], "Alameda's own office was the lead until 2023-06-30"
    assert "being the county office itself" in verdicts(on_record, "primary")[BORROWER].reason


def test_the_answer_counts_and_names_verdicts_of_cases(on_record: duckdb.DuckDBPyConnection) -> None:
    answer = read_answer(on_record)
    of_year = "from eligibility where determination_year = ? and status = ?"
    eligible = on_record.execute(f"select distinct cds {of_year}", [answer.year, "eligible"]).fetchall()
    assert {r["cds"] for r in (*answer.meet, *answer.loans, *answer.recorded)} == {cds for (cds,) in eligible}
    assert answer.sentence.endswith(f": {number(len(eligible))} in all.")
    named = [r["lea_name"] for r in answer.recorded]
    assert "Soledad Unified" in named
    assert f"eligible by a recorded case ({joined(named)})" in answer.sentence
    open_ones = on_record.execute(f"select cds, pathway {of_year}", [answer.year, "undetermined"]).fetchall()
    assert {(r["cds"], r["pathway"]) for r in answer.open} == set(open_ones)


def test_contacts_are_not_published(on_record: duckdb.DuckDBPyConnection) -> None:
    assert on_record.execute("select count(*) from pathway_register where pathway = 'request'").fetchall() == [(1,)]
    assert "contact" not in [row[0] for row in on_record.execute("describe pathway_register").fetchall()]


@pytest.mark.slow
def test_a_release_with_cases_passes_the_gates_and_is_explained(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.steps.EXTRAS", ())  # no page is needed
    reference = reference_copy(tmp_path / "reference")
    add_rows(reference, "primary", case("primary", cds=SALINAS))
    add_rows(reference, "request", case("request", cds=SALINAS, decision="", decision_date=""))
    add_rows(reference, "calpads", case("calpads"))
    assert workplace.publish(reference=reference).outcome == "published"
    runner = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"})
    said = " ".join(runner.invoke(app, ["explain", SALINAS, "--full", "--out", str(workplace.out)]).output.split())
    for part in (
        "● eligible Primary EC 52074(g)(1)(A)", "Case P-1: after assistance under EC 52071",
        "State of the case: concurred.",
        "? not determined Request form", "– not assessed State Superintendent, Fee for Service", "Recorded cases",
        "letter of 1 September 2024",
    ):  # fmt: skip
        assert part in said
    with duckdb.connect(str(workplace.out / "current/dta.duckdb"), read_only=True) as db:
        assert db.execute("select school_year, certified_on_time from calpads_certifications").fetchall() == [
            ("2023-24", False)
        ]


def test_recorded_pathways_without_cases_share_one_line(published: Workplace) -> None:
    said = (
        CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"})
        .invoke(app, ["explain", SALINAS, "--full", "--out", str(published.out)])
        .output
    )
    assert "– not assessed  Primary, State Superintendent, Fee for Service, Request form" in said
    assert "Recorded cases" not in said


# Acts under codes that ended: register, changes, verdicts of the successor, and the day of the succession.
UNDER_ANOTHER_CODE = [
    ("primary", {}, {2023: "not_assessed", 2024: "undetermined"}, "2025-07-01"),
    ("spi", {}, {2023: "undetermined", 2024: "undetermined"}, "2024-10-01"),
    ("fee_for_service", {"end_date": "2024-12-01"}, {2023: "undetermined", 2024: "not_assessed"}, "2024-11-01"),
    ("request", {"decision": "", "decision_date": ""}, {2023: "undetermined", 2024: "undetermined"}, "2024-10-15"),
    ("request", {"decision": "declined"}, {2023: "not_assessed", 2024: "not_assessed"}, "2024-10-15"),
]
# For each, a borrower whose code is in no file, and its successor district.
FOLLOWED = (
    (BORROWER, NAMES[BORROWER], DISTRICT, NAMES[DISTRICT]),
    ("01611680000000", "Emery Unified", SALINAS, NAMES[SALINAS]),
    ("07617960000000", "West Contra Costa Unified", SOLEDAD, "Soledad Unified"),
    ("19734370000000", "Compton Unified", GONZALES, "Gonzales Unified"),
    ("48705810000000", "Vallejo City Unified", BIG_SUR, "Big Sur Unified"),
)


@pytest.fixture(scope="module")
def followed(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("followed")
    reference = reference_copy(folder / "reference")
    for (register, changes, _, day), codes in zip(UNDER_ANOTHER_CODE, FOLLOWED, strict=True):
        before, name, *_ = codes
        add_rows(reference, register, case(register, case_id=before, cds=before, lea_name=name, **changes))
        rest = [day, "unification", "https://example.org", "", "a test", "2026-01-15"]
        add_rows(reference, "successions", [*codes, *rest])
    with Workplace(SAMPLE, raw_cache, folder / "out", reference).decide() as connection:
        yield connection


@pytest.mark.parametrize("n", range(len(UNDER_ANOTHER_CODE)))
def test_a_case_under_an_ended_code_is_reported_for_its_successor(followed: duckdb.DuckDBPyConnection, n: int) -> None:
    """A case cannot be entered under the new code, because acts before a code began are rejected."""
    (register, changes, statuses, day), (before, name, now, _) = UNDER_ANOTHER_CODE[n], FOLLOWED[n]
    assert followed.execute("select * from register_rejects").fetchall() == []
    found = followed.execute(
        "select determination_year, status, decided_by, reason from eligibility where cds = ? and pathway = ? and"
        " determination_year >= 2023 order by 1",
        [now, register],
    ).fetchall()
    assert {year: status for year, status, *_ in found} == statuses
    ended = "select status, reason from eligibility where cds = ? and pathway = ? and determination_year = 2024"
    status, reason = followed.execute(ended, [before, register]).fetchone()
    assert status == ("undetermined" if not changes and day < "2024-12-01" else status)
    assert ("This code ended on" in reason) == (not changes and day < "2024-12-01")
    for _, status, decided_by, reason in found:
        assert decided_by is None
        assert ("No " in reason and "case is on record" in reason) == (status == "not_assessed")
        assert (f"is on record for {name} ({before})" in reason) == (status == "undetermined")
    assert "rejected" not in read_answer(followed).not_determined, "its page says whose case it is"


@pytest.mark.slow
def test_a_rejected_row_under_an_ended_code_leaves_its_successor_undetermined(
    workplace: Workplace, tmp_path: Path
) -> None:
    """Two small mistakes in two registers."""
    reference = reference_copy(tmp_path / "reference")
    for register, wrong in (("spi", {"determination_date": "soon"}), ("request", {"decision": "perhaps"})):
        add_rows(reference, register, case(register, cds=BORROWER, **wrong))
    loans = reference / "registers" / "state_loans.csv"
    text = loans.read_text("utf-8")
    assert text.count(",55000000,29000000,") == 1
    loans.write_text(text.replace(",55000000,29000000,", ",29000000,55000000,"), "utf-8")  # drawn exceeds authorized
    codes = [BORROWER, NAMES[BORROWER], SALINAS, "Salinas Union High"]
    day = ["2024-12-15", "merger", "https://example.org", "", "a test", "2026-01-15"]
    add_rows(reference, "successions", [*codes, *day])
    db = Workplace(workplace.source, workplace.work, workplace.out, reference).decide()
    found = db.execute(
        "select pathway, determination_year, status, reason from eligibility where cds = ? and determination_year >="
        " 2023 and pathway in ('spi', 'request', 'wraparound')",
        [SALINAS],
    ).fetchall()
    assert len(found) == 6
    for pathway, year, status, reason in found:
        nothing = {"wraparound": "not_eligible"}.get(pathway, "not_assessed")
        assert (pathway, year, status) == (pathway, year, "undetermined" if year == 2024 else nothing)
        assert ("rejected" in reason) == (year == 2024)
