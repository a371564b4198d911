"""A register row whose code and name belong to two LEAs is never applied, and neither LEA silently gets a "no"."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import duckdb
import pytest

from expectations.results import run_sql_checks
from tests.cases import COUNTY_OFFICE, DISTRICT, OAKLAND, SALINAS, add_rows, case, reference_copy
from tests.pipeline.test_command import main
from tests.workplace import SAMPLE, Workplace
from transforms.errors import ConfigError
from transforms.release.digests import dated_facts

INGLEWOOD, ALISAL = "19646340000000", "27659610000000"
Decide = Callable[..., AbstractContextManager[duckdb.DuckDBPyConnection]]

GATES = ("files", "contracts", "determinations")
OF_A_RELEASE = ("files_not_used", "columns-present", "columns-types")  # these use tables that only a release has


@pytest.fixture
def decide(workplace: Workplace, tmp_path: Path) -> Decide:
    """Return a function that decides with these rows of registers."""

    @contextmanager
    def run(*rows: tuple[str, dict[str, str]]) -> Iterator[duckdb.DuckDBPyConnection]:
        reference = reference_copy(tmp_path / "reference")
        for register, row in rows:
            add_rows(reference, register, row)
        with workplace.decide(reference=reference) as connection:
            yield connection

    return run


def change(path: Path, row: str, changes: dict[str, str]) -> None:
    lines = path.read_text().splitlines(keepends=True)
    (at,) = [n for n, line in enumerate(lines) if line.startswith(f"{row},")]
    for old, new in changes.items():
        assert old in lines[at]
        lines[at] = lines[at].replace(old, new, 1)
    path.write_text("".join(lines))


def verdict(db: duckdb.DuckDBPyConnection, cds: str, pathway: str, year: int = 2024) -> tuple[str, str]:
    return db.execute(
        "select status, reason from eligibility where cds = ? and pathway = ? and determination_year = ?",
        [cds, pathway, year],
    ).fetchall()[0]


def warned(db: duckdb.DuckDBPyConnection, check: str) -> str:
    (found,) = [r for r in run_sql_checks(db, "determinations") if r.check_id == check]
    assert not found.stops_release
    return found.detail if found.outcome == "failed" else ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cds", "other"), [(DISTRICT, SALINAS), (OAKLAND, DISTRICT), (DISTRICT, ALISAL), (INGLEWOOD, SALINAS)]
)
def test_a_loan_under_another_districts_code_is_rejected(
    sql_checks_only: None, bare_released: Workplace, tmp_path: Path, cds: str, other: str
) -> None:
    """The night passes its gates and reports it. If the previous release had the record, it is still on record, not
    lost.
    """
    loan = {DISTRICT: "CA-SEL-2009-SMCJUHSD", OAKLAND: "CA-SEL-2003-OAKLAND", INGLEWOOD: "CA-SEL-2012-INGLEWOOD"}[cds]
    reference = reference_copy(tmp_path / "reference")
    change(reference / "registers/state_loans.csv", loan, {cds: other, f",{cds[:2]},": f",{other[:2]},"})
    with bare_released.checked(reference=reference) as db:
        assert db.execute("select count(*) from state_loans where loan_id = ?", [loan]).fetchall() == [(0,)]
        assert verdict(db, other, "wraparound")[0] == ("eligible" if other == DISTRICT else "undetermined"), (
            "a loan of its own still counts"
        )
        if cds == DISTRICT:
            status, reason = verdict(db, cds, "wraparound")
            assert status == "undetermined"
            assert "One record of the loan register that may be about this district was rejected." in reason
        if cds == OAKLAND:
            assert verdict(db, cds, "wraparound")[0] == "undetermined", "no file names it; the release before does"
        ((file, line, column, value, what_to_do),) = db.execute(
            "select file, line, column_name, value, what_to_do from rejects where source_id like 'registers/%'"
        ).fetchall()
        assert what_to_do == f"Correct line {line} of {file}. Then: dta register check, and dta run."
        assert (file, column, value) == ("registers/state_loans.csv", "cds", other)
        assert line == 11 or cds != DISTRICT
        assert f'"line": {line}' in warned(db, "registers_rejected")
        assert db.execute(
            "select outcome, failing_rows from meta_gate_results where check_id = 'registers_rejected'"
        ).fetchall() == [("failed", 1)]
        others = (
            "select count(*) from eligibility where pathway = 'wraparound' and status = 'undetermined' and"
            " determination_year = 2024 and cds[1:2] = '27'"
        )
        assert db.execute(others).fetchall() == [(2 if cds == DISTRICT else 1 if other != DISTRICT else 0,)], (
            "and no one else"
        )


def repaid(reference: Path, old: str, new: str) -> None:
    """Change the last repayment of a loan, so that the loan is outstanding by its own record."""
    change(reference / "registers/state_loan_events.csv", "CA-SEL-2003-OAKLAND-04", {old: new})
    outstanding = {",repaid,2025-07-01": ",outstanding,2024-07-01"}
    change(reference / "registers/state_loans.csv", "CA-SEL-2003-OAKLAND", outstanding)


RECORDED = ("primary", "spi", "fee_for_service", "request")
TWO_LEAS = {"cds": SALINAS, "lea_name": "South Monterey County Joint Union High"}


@pytest.fixture(scope="module")
def with_wrong_register_rows(
    raw_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Decide with wrong register rows.

    They are: a row of two LEAs in the register of every recorded pathway and of CALPADS; a loan with an impossible day,
    of an LEA that no file names; and a repayment of another loan on such a day.
    """
    folder = tmp_path_factory.mktemp("misnamed")
    reference = reference_copy(folder / "reference")
    repaid(reference, ",repaid,2025-06-01,month,", ",repaid,2062-06-01,month,")
    for register in (*RECORDED, "calpads"):
        add_rows(reference, register, case(register, **TWO_LEAS))
    change(
        reference / "registers/state_loans.csv", "CA-SEL-2012-INGLEWOOD", {",2025-05-01,month,": ",2062-05-01,month,"}
    )
    with Workplace(SAMPLE, raw_cache, folder / "out", reference).decide() as connection:
        yield connection


def test_a_case_under_another_leas_code_is_rejected(with_wrong_register_rows: duckdb.DuckDBPyConnection) -> None:
    for register in RECORDED:
        for cds in (SALINAS, DISTRICT):
            status, reason = verdict(with_wrong_register_rows, cds, register)
            assert status == "undetermined"
            assert "record that may be about this district was rejected." in reason
            assert verdict(with_wrong_register_rows, cds, register, 2022)[0] == "not_assessed", (
                "a case of August 2024 does not matter before it"
            )
        undetermined = "select count(distinct cds) from eligibility where pathway = ? and status = 'undetermined'"
        assert with_wrong_register_rows.execute(undetermined, [register]).fetchall() == [(2,)]
    assert with_wrong_register_rows.execute("select count(*) from pathway_register").fetchall() == [(0,)]
    stopping = [
        (r.check_id, r.detail)
        for gate in GATES
        for r in run_sql_checks(with_wrong_register_rows, gate)
        if r.stops_release and r.check_id not in OF_A_RELEASE
    ]
    assert stopping == []


def test_a_certification_under_another_code_counts_for_no_lea(
    with_wrong_register_rows: duckdb.DuckDBPyConnection,
) -> None:
    assert with_wrong_register_rows.execute("select count(*) from calpads_certifications").fetchall() == [(0,)]
    assert with_wrong_register_rows.execute(
        "select count(*) from rejects where source_id = 'registers/calpads'"
    ).fetchall() == [(1,)]
    used = "select count(*) from assistance_methods where method = 4 and basis = 'computed'"
    assert with_wrong_register_rows.execute(used).fetchall() == [(0,)]


def test_a_borrower_named_by_no_file_stays_when_its_row_is_rejected(
    with_wrong_register_rows: duckdb.DuckDBPyConnection,
) -> None:
    assert verdict(with_wrong_register_rows, INGLEWOOD, "wraparound")[0] == "undetermined"
    names = with_wrong_register_rows.execute("select lea_name from leas where cds = ?", [INGLEWOOD]).fetchall()
    assert names == [("Inglewood Unified",)]


@pytest.mark.slow
def test_other_cases_county_offices_and_future_days_with_rejected_rows(decide: Decide) -> None:
    """Another correct case still makes an LEA eligible; a county office's case is under a district's code.

    An entry with a future day is checked again on that day.
    """
    office = {"cds": SALINAS, "lea_name": "Monterey County Office of Education"}
    rows = [
        ("spi", case("spi")),
        ("spi", case("spi", case_id="S-2", **TWO_LEAS)),
        ("request", case("request", **office)),
        ("primary", case("primary", **office)),
        ("fee_for_service", case("fee_for_service", entered_on="2062-01-15")),
    ]
    with decide(*rows) as db:
        assert verdict(db, DISTRICT, "spi")[0] == "eligible"
        assert verdict(db, SALINAS, "spi")[0] == "undetermined"
        assert {cds: verdict(db, cds, "request")[0] for cds in (SALINAS, COUNTY_OFFICE, DISTRICT)} == {
            SALINAS: "undetermined", COUNTY_OFFICE: "undetermined", DISTRICT: "not_assessed",
        }  # fmt: skip
        assert verdict(db, COUNTY_OFFICE, "primary")[0] == "not_applicable"
        assert "2062-01-15" in dated_facts(db)
        assert verdict(db, DISTRICT, "fee_for_service")[0] == "undetermined"


def test_a_rejected_repayment_does_not_leave_a_loan_outstanding(
    with_wrong_register_rows: duckdb.DuckDBPyConnection,
) -> None:
    status, reason = verdict(with_wrong_register_rows, OAKLAND, "wraparound")
    assert status == "undetermined"
    assert "A record of this loan was rejected" in reason
    assert with_wrong_register_rows.execute(
        "select loan_state from loan_states where loan_id = 'CA-SEL-2003-OAKLAND' and determination_year = 2024"
    ).fetchall() == [("record_rejected",)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (",https://www.kalw.org/bay-area-news/2025-07-01/", ",javascript:alert(1)//"),
        ("CA-SEL-2003-OAKLAND-04,CA-SEL-2003-OAKLAND,", "CA-SEL-2003-OAKLAND-04,ca-sel-2003-oakland,"),
    ],
)
def test_a_second_rejected_repayment_does_not_leave_a_loan_outstanding(
    workplace: Workplace, tmp_path: Path, old: str, new: str
) -> None:
    reference = reference_copy(tmp_path / "reference")
    repaid(reference, old, new)
    with workplace.decide(reference=reference) as db:
        test_a_rejected_repayment_does_not_leave_a_loan_outstanding(db)


@pytest.mark.slow
def test_names_of_every_file_are_kept(decide: Decide) -> None:
    with decide() as db:
        assert db.execute("select lea_name from lea_names where cds = ?", [DISTRICT]).fetchall() == [
            ("South Monterey County Joint Union High",)
        ]
        assert db.execute(
            "select count(*) from leas anti join lea_names using (cds) where first_dashboard_year is not null"
        ).fetchall() == [(0,)]
        assert warned(db, "registers_rejected") == ""
        unnamed = {cds for (cds,) in db.execute("select cds from register_warnings").fetchall()}
        assert {INGLEWOOD, OAKLAND} <= unnamed
        assert DISTRICT not in unnamed
        assert warned(db, "registers_name_leas") == "", "they are of counties of which no file is loaded"


def test_an_unreadable_register_stops_the_night(workplace: Workplace, tmp_path: Path) -> None:
    reference = reference_copy(tmp_path / "reference")
    (reference / "registers/spi.csv").write_text("case_id,something\n")
    with pytest.raises(ConfigError, match=r"registers/spi.csv, line 1: the header lacks"):
        workplace.decide(reference=reference)


@pytest.mark.parametrize(
    ("register", "changes"),
    [
        ("spi", {"lea_name": "Salinas Union High"}),
        ("calpads", {"cds": SALINAS, "lea_name": "Gonzales Unified"}),
        ("primary", {"cds": ALISAL, "lea_name": "Salinas Union High"}),
    ],
)
def test_register_check_compares_with_the_current_release(
    published: Workplace,
    tmp_path: Path,
    register: str,
    changes: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    reference = reference_copy(tmp_path / "reference")
    add_rows(reference, register, case(register, **changes))
    monkeypatch.setenv("DTA_REFERENCE", str(reference))
    monkeypatch.setenv("DTA_OUT", str(published.out))
    assert main(("register", "check"), monkeypatch) == 4
    said = capsys.readouterr()
    told, listed = " ".join(said.err.split()), " ".join(said.out.split())
    assert f"registers/{register}.csv, line 2, column cds: this is the code of " in told
    assert f"names {changes['lea_name']}, which is 27" in told
    assert "no loaded file names this LEA, so its name (Inglewood Unified) was not compared" in listed


def test_register_check_reports_a_missing_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DTA_REFERENCE", str(reference_copy(tmp_path / "reference")))
    monkeypatch.setenv("DTA_OUT", str(tmp_path / "none"))
    assert main(("register", "check"), monkeypatch) == 0
    assert "Names were not compared with those in loaded files." in " ".join(capsys.readouterr().out.split())
