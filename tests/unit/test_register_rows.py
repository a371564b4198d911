"""A register row belongs to the LEA that it names, and contains nothing that cannot be true."""

import csv
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.cases import CHARTER, COUNTY_OFFICE, DISTRICT, FILES, NAMES, OAKLAND, REGISTERS, SALINAS, add_rows, case
from transforms import clock
from transforms.inputs import load_macros, load_reference
from transforms.registers.append import migrate, with_row
from transforms.registers.fields import refusal
from transforms.registers.load import check_registers, load_registers, to_arrow
from transforms.registers.loans import StateLoanEvent
from transforms.registers.names import LeaNames, names_an_office, same_name
from transforms.registers.tables import possible_leas
from transforms.settings import PROJECT

ALISAL, FRESNO_OFFICE, OTHER_SANTA_RITA = "27659610000000", "10101080000000", "27661910000000"
IN_FILES = LeaNames(
    [
        (DISTRICT, "South Monterey County Joint Union High"),
        (DISTRICT, "King City Joint Union High"),
        (SALINAS, "Salinas Union High"),
        ("27661420000000", "Salinas City Elementary"),
        (ALISAL, "Alisal Union"),
        (OTHER_SANTA_RITA, "Santa Rita Union Elementary"),
        (COUNTY_OFFICE, "Monterey County Office of Education"),
        (OAKLAND, "Oakland Unified"),
        (FRESNO_OFFICE, "Fresno County Office of Education"),
    ]
)
HIDDEN = ["\u200b", "\u00ad", "\ufeff", "\u2060", "\u00a0", "\u3000", "\u202e", "\x07"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT / "data" / "registers", tmp_path / "registers", ignore=shutil.ignore_patterns("backups"))
    for name in ("reference", "rules"):  # nothing changes them
        (tmp_path / name).symlink_to(PROJECT / "data" / name)
    return tmp_path


def problems(folder: Path, name: str, names: LeaNames | None = IN_FILES, **given: object) -> list[str]:
    return [str(p) for p in check_registers(folder, names, **given)[name].problems]  # type: ignore[arg-type]


def warnings(folder: Path, name: str) -> list[str]:
    return [str(p) for p in check_registers(folder, IN_FILES)[name].warnings]


LOWELL_BEFORE, LOWELL_AFTER = "19647660000000", "30647660000000"


@pytest.mark.parametrize("loaded", [LOWELL_BEFORE, LOWELL_AFTER])
def test_a_succession_may_have_only_one_code_in_the_loaded_files(folder: Path, loaded: str) -> None:
    """The name is then at the code that the row itself connects with this one, so it is not a mistake."""
    others = [("19642120000000", "ABC Unified"), ("30664230000000", "Anaheim Elementary")]  # files cover both counties
    assert problems(folder, "successions", LeaNames([(loaded, "Lowell Joint"), *others])) == []


def test_a_succession_under_a_wrong_code_is_reported(folder: Path) -> None:
    path = folder / "registers/successions.csv"
    path.write_text(path.read_text().replace(LOWELL_AFTER, "30647740000000"))
    (found,) = problems(
        folder, "successions", LeaNames([(LOWELL_AFTER, "Lowell Joint"), (LOWELL_BEFORE, "Lowell Joint")])
    )
    assert f"the files give Lowell Joint the code {LOWELL_AFTER}" in found


def change_loan(folder: Path, loan: str, old: str, new: str) -> None:
    path = folder / "registers/state_loans.csv"
    lines = path.read_text().splitlines(keepends=True)
    (at,) = [n for n, line in enumerate(lines) if line.startswith(f"{loan},")]
    assert old in lines[at]
    lines[at] = lines[at].replace(old, new, 1)
    path.write_text("".join(lines))


# ---- names ----


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Oakland Unified", "OAKLAND UNIFIED SCHOOL DISTRICT"),
        ("Oakland Unified", "Oakland USD"),
        ("Oakland Unified", "Oakland"),
        ("Vallejo City Unified", "Vallejo Unified"),
        ("Cañada Unión Elementary", "Canada Union El"),
        ("St. Helena Unified", "Saint Helena Unified"),
        ("Mt. Diablo Unified", "Mount Diablo Unified School District"),
        ("Chualar Union", "Chualar Union Elementary"),
        ("Arts & Letters Academy", "Arts and Letters Academy"),
        ("Monterey County Office of Education", "Monterey COE"),
        ("Monterey County Office of Education", "Monterey County Superintendent of Schools"),
        ("South Monterey County Joint Union High", "South Monterey Co. JUHSD"),
        ("O'Neals Elementary", "ONeals Elementary"),
        ("El Tejon Unified", "El Tejon USD"),
    ],
)
def test_similar_names_belong_to_one_lea(one: str, other: str) -> None:
    assert same_name(one, other)
    assert same_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Santa Rosa Elementary", "Santa Rosa High"),
        ("Salinas Union High", "Salinas City Elementary"),
        ("Monterey County Office of Education", "Monterey Peninsula Unified"),
        ("Tulare County Office of Education", "Tulare City"),
        ("Oakland Unified", "Oakdale Joint Unified"),
        ("Inglewood Unified", "Compton Unified"),
        ("Oak Grove Union Elementary", "Oak Grove Elementary 2"),
    ],
)
def test_different_names_belong_to_two_leas(one: str, other: str) -> None:
    assert not same_name(one, other)


def test_an_exact_name_of_another_lea_is_not_matched_as_similar() -> None:
    names = LeaNames([("15638000000000", "Taft City"), ("15638180000000", "Taft Union High")])
    assert not names.is_named("15638180000000", "Taft City")
    assert names.is_named("15638000000000", "Taft City School District")
    assert names.is_named("15638180000000", "Taft Joint Union High")


@pytest.mark.parametrize(
    ("written", "cds"),
    [
        ("Oaklnd Unified", OAKLAND),
        ("Salinas Unoin High", SALINAS),
        ("South Montery County Union High", DISTRICT),
        ("Zzyzx", None),
    ],
)
def test_the_nearest_lea_is_suggested(written: str, cds: str | None) -> None:
    assert IN_FILES.nearest(written) == cds


@pytest.mark.parametrize(
    ("name", "is_office"),
    [
        ("Kern COE", True),
        ("Napa County Office of Education", True),
        ("County Line Elementary", False),
        ("Monterey County", False),
    ],
)
def test_county_offices_are_recognized_by_name(name: str, is_office: bool) -> None:
    assert names_an_office(name) == is_office


# ---- code and name ----


@pytest.mark.parametrize("name", FILES)
def test_a_row_whose_name_is_another_leas_is_rejected_in_every_register(folder: Path, name: str) -> None:
    add_rows(folder, name, FILES[name](cds=DISTRICT, lea_name="Oakland Unified"))
    (told,) = problems(folder, name)
    assert (
        told
        == f"registers/{name}.csv, line 2, column cds: this is the code of King City Joint Union High or South Monterey"
        f" County Joint Union High, but the row names Oakland Unified, which is {OAKLAND}. Correct the code or the"
        f" name (value '{DISTRICT}')."
        or told.startswith(
            f"registers/{name}.csv, line 2, column cds: this is the code of South Monterey County Joint Union High or"
            " King City"
        )
    )
    assert f"which is {OAKLAND}. Correct the code or the name" in told
    register = load_registers(folder, IN_FILES)[name]
    assert to_arrow(register).num_rows == 0
    doubted = {(d.pathway, d.cds) for d in possible_leas(load_registers(folder, IN_FILES), IN_FILES)}
    assert doubted == (set() if name == "calpads" else {(name, DISTRICT), (name, OAKLAND)})


@pytest.mark.parametrize(
    ("written", "is_taken"),
    [
        ("South Monterey County Joint Union High", True),
        ("SOUTH MONTEREY COUNTY JUHSD", True),
        ("King City Joint Union High", True),  # its former name, as in files
        ("Salinas Union High", False),
        ("South Monterey Elementary", False),
        ("Soth Monterey County Joint Union High", False),
    ],
)
def test_current_and_former_names_are_accepted(folder: Path, written: str, is_taken: bool) -> None:
    add_rows(folder, "spi", case("spi", lea_name=written))
    assert (problems(folder, "spi") == []) == is_taken


def test_a_former_name_from_another_row_is_accepted(folder: Path) -> None:
    names = LeaNames([(DISTRICT, "South Monterey County Joint Union High")])
    add_rows(folder, "spi", case("spi", lea_name="King City Joint Union High"))  # former_name of its loan
    assert problems(folder, "spi", names) == []
    change_loan(folder, "CA-SEL-2009-SMCJUHSD", "King City Joint Union High", "")
    assert "names King City Joint Union High" in problems(folder, "spi", names)[0]


@pytest.mark.parametrize(
    ("loan", "cds", "other"),
    [
        ("CA-SEL-2003-OAKLAND", OAKLAND, DISTRICT),
        ("CA-SEL-2009-SMCJUHSD", DISTRICT, SALINAS),
        ("CA-SEL-2009-SMCJUHSD", DISTRICT, OAKLAND),
    ],
)
def test_a_loan_moved_to_another_code_is_rejected_and_both_leas_are_undetermined(
    folder: Path, loan: str, cds: str, other: str
) -> None:
    change_loan(folder, loan, cds, other)
    change_loan(folder, loan, f",{cds[:2]},", f",{other[:2]},")
    (told,) = problems(folder, "state_loans")
    assert f"(value '{other}')" in told
    assert "but the row names" in told
    registers = load_registers(folder, IN_FILES)
    assert {(d.pathway, d.cds) for d in possible_leas(registers, IN_FILES)} == {
        ("wraparound", cds),
        ("wraparound", other),
    }


@pytest.mark.parametrize(
    ("moved", "to"), [("CA-SEL-2012-INGLEWOOD", "19734370000000"), ("CA-SEL-2003-OAKLAND", "01611680000000")]
)
def test_rows_with_a_code_in_no_file_are_compared_with_each_other(folder: Path, moved: str, to: str) -> None:
    own = {"CA-SEL-2012-INGLEWOOD": "19646340000000", "CA-SEL-2003-OAKLAND": OAKLAND}[moved]
    change_loan(folder, moved, own, to)
    told = problems(folder, "state_loans", LeaNames())
    assert any("other rows of the registers call this code" in t for t in told)
    rejected = {line.values["loan_id"] for line in load_registers(folder)["state_loans"].rejected}
    assert moved in rejected
    assert len(rejected) == (1 if moved.endswith("INGLEWOOD") else 2), (
        "two rows of Compton agree; Emery's is one against one"
    )


def test_an_lea_named_by_no_file_gives_a_warning(folder: Path) -> None:
    add_rows(folder, "spi", case("spi", cds="19646340000000", lea_name="Inglewood Unified"))
    assert problems(folder, "spi") == []
    (told,) = warnings(folder, "spi")
    assert (
        "line 2, column cds: no loaded file names this LEA, so its name (Inglewood Unified) was not compared (value"
        " '19646340000000')" in told
    )


@pytest.mark.parametrize("code", ["27999990000000", "27661500000000", "27000000000000"])
def test_an_unknown_code_with_a_known_name_is_rejected(folder: Path, code: str) -> None:
    add_rows(folder, "spi", case("spi", cds=code, lea_name="Salinas Union High"))
    (told,) = problems(folder, "spi")
    assert f"no loaded file has this code; the files give Salinas Union High the code {SALINAS}" in told
    assert {d.cds for d in possible_leas(load_registers(folder, IN_FILES), IN_FILES)} == {code, SALINAS}


@pytest.mark.parametrize(
    ("register", "changes", "column", "sentence"),
    [
        (
            "spi",
            {"cds": DISTRICT, "lea_name": "Monterey County Office of Education"},
            "cds",
            "the code is that of a district, but lea_name names a county office",
        ),
        (
            "spi",
            {"cds": COUNTY_OFFICE, "lea_name": "Salinas Union High"},
            "cds",
            "the code is that of a county office, but lea_name names an LEA that is not a county office",
        ),
        (
            "calpads",
            {"cds": CHARTER, "lea_name": "Kern COE"},
            "cds",
            "the code is that of a charter school, but lea_name names a county office",
        ),
        (
            "request",
            {"cds": "27102720112177", "lea_name": "Monterey COE"},
            "cds",
            "the code is that of a charter school",
        ),
    ],
)
def test_code_and_name_must_be_of_one_kind_even_without_files(
    folder: Path, register: str, changes: dict[str, str], column: str, sentence: str
) -> None:
    add_rows(folder, register, case(register, **changes))
    told = problems(folder, register, None)[0]
    assert f"line 2, column {column}: " in told
    assert sentence in told


# ---- loans ----


@pytest.mark.parametrize(
    ("loan", "old", "new", "sentence"),
    [
        ("CA-SEL-2003-OAKLAND", ",01,", ",27,", "column county_code: the county code does not match the CDS code, 01"),
        (
            "CA-SEL-2003-WESTFRESNO",
            ",10,",
            ",57,",
            "column county_code: the county code does not match the CDS code, 10",
        ),
        ("CA-SEL-2003-OAKLAND", ",01,", ",99,", "column county_code: there is no county with the code 99"),
        (
            "CA-SEL-2003-OAKLAND",
            OAKLAND,
            "01100170000000",
            "column cds: state loans go to school districts, but this is the code of a county office",
        ),
        (
            "CA-SEL-2003-OAKLAND",
            OAKLAND,
            "01612590130666",
            "column cds: state loans go to school districts, but this is the code of a charter school",
        ),
        (
            "CA-SEL-2003-WESTFRESNO",
            ",10767780000000,",
            ",99767780000000,",
            "column successor_cds: there is no county with the code 99",
        ),
        (
            "CA-SEL-2003-WESTFRESNO",
            ",Washington Unified,",
            ",,",
            "column successor_name: the code and the name of the successor go together",
        ),
        (
            "CA-SEL-2003-OAKLAND",
            f"{OAKLAND},,",
            f"{OAKLAND},{OAKLAND},Oakland Unified",
            "a district does not take over from itself",
        ),
        (
            "CA-SEL-2003-OAKLAND",
            "2025-07-01,day",
            "2042-07-01,day",
            "column latest_source_date: the day is in the future",
        ),
        (
            "CA-SEL-2003-OAKLAND",
            ",100000000,100000000,",
            ",-100000000,100000000,",
            "column amount_authorized_usd: a whole number is needed",
        ),
        (
            "CA-SEL-2003-OAKLAND",
            ",100000000,100000000,",
            ",100000000000,1,",
            "column amount_authorized_usd: it must be a number from 0 to 1000000000",
        ),
        (
            "CA-SEL-2003-OAKLAND",
            "https://www.kalw.org",
            "javascript:alert(1)//www.kalw.org",
            "column source_url: an address",
        ),
    ],
)
def test_an_impossible_loan_is_rejected(folder: Path, loan: str, old: str, new: str, sentence: str) -> None:
    if "Oakland Unified" in new:
        old, new = f"{OAKLAND},,,", f"{OAKLAND},{OAKLAND},Oakland Unified,"
    change_loan(folder, loan, old, new)
    assert any(sentence in told for told in problems(folder, "state_loans", None))
    rejected = load_registers(folder)["state_loans"].rejected
    assert [line.values["loan_id"] for line in rejected] == [loan]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "repaid,2025-06-01,month,June 2025",
            "repaid,2002-06-01,month,June 2002",
            "repaid is dated before authorized of the same loan",
        ),
        (
            "repaid,2025-06-01,month,June 2025",
            "repaid,2025-09-01,month,September 2025",
            "the loan is repaid in its source of 2025-07-01, but its event",
        ),
        (
            "powers_returned,2009-07-01,month,July 2009",
            "powers_returned,2002-07-01,month,July 2002",
            "powers_returned is dated before authorized of the same loan",
        ),
        (
            "CA-SEL-2003-OAKLAND-04,CA-SEL-2003-OAKLAND,",
            "CA-SEL-2003-OAKLAND-04,ca-sel-2003-oakland,",
            "no such loan; it has 'CA-SEL-2003-OAKLAND'",
        ),
        (
            "CA-SEL-2003-OAKLAND-04,CA-SEL-2003-OAKLAND,",
            "CA-SEL-2003-OAKLAND-04,CA-SEL-2012-INGLEWOOD,",
            "CA-SEL-2003-OAKLAND-04 is not an event of CA-SEL-2012-INGLEWOOD",
        ),
        (
            "repaid,2025-06-01,month",
            "repaid,2015-06-01,month",
            "date_text is 'June 2025', but event_date is 2015-06-01",
        ),
        (
            "repaid,2025-06-01,month",
            "repaid,2025-05-01,month",
            "date_text is 'June 2025', but event_date is 2025-05-01",
        ),
        (
            "repaid,2025-06-01,month",
            "repaid,2025-06-01,day",
            "the precision is day, and date_text, 'June 2025', is less",
        ),
        ("repaid,2025-06-01,month,June 2025", "repaid,2025-01-01,month,2025", "the precision is month, and date_text"),
        (
            "repaid,2025-06-01,month,June 2025",
            "repaid,2025-06-01,season,2025",
            "the precision is season, and date_text",
        ),
        (
            "repaid,2025-06-01,month,June 2025",
            "repaid,2025-07-01,fiscal_year,2024-25",
            "date_text is '2024-25', but event_date is 2025",
        ),
        ("repaid,2025-06-01,month,June 2025", "repaid,2025-06-01,month,in June", "'in June', names no year"),
        ("2003-01-01,year,2003,,100", "2013-01-01,year,2013,,100", "the loan is of fiscal year 2002-03, but its event"),
        (
            "2003-01-01,year,2003,,100",
            "2002-01-01,year,2002,,100",
            "the loan's act is Stats. 2003 ch. 14, but its event",
        ),
        ("CA-SEL-2003-OAKLAND-04,", "CA-SEL-2003-oakland-01,", "has a event_id that differs only in case"),
        ("repaid,2025-06-01,month,June 2025", "repaid,2062-06-01,month,June 2025", "the day is in the future"),
        ("repaid,2025-06-01,month,June 2025", "repaid,1925-06-01,month,June 2025", "the day is before 1990-01-01"),
    ],
)
def test_an_impossible_event_leaves_its_loan_undetermined(folder: Path, old: str, new: str, sentence: str) -> None:
    path = folder / "registers/state_loan_events.csv"
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    assert any(sentence in told for told in problems(folder, "state_loan_events", None))
    registers = load_registers(folder)
    loans = {d.loan_id for d in possible_leas(registers, LeaNames())}
    assert loans == {"CA-SEL-2003-OAKLAND"} | ({"CA-SEL-2012-INGLEWOOD"} if "INGLEWOOD" in new else set())


@pytest.mark.parametrize(
    ("day", "precision", "words"),
    [
        ("2025-06-01", "month", "June 2025"),
        ("2025-06-01", "month", "in early Jun. 2025"),
        ("2025-06-27", "day", "2025-06-27"),
        ("2025-06-27", "day", "June 27, 2025"),
        ("2000-09-01", "season", "autumn 2000"),
        ("2001-06-01", "season", "Summer of 2001"),
        ("2024-07-01", "fiscal_year", "fiscal year 2024-25"),
        ("2024-07-01", "fiscal_year", "2024–25"),
        ("2003-01-01", "year", "2003"),
        ("2011-09-15", "before", "before September 2011"),
    ],
)
def test_a_day_is_accepted_as_its_source_states_it(folder: Path, day: str, precision: str, words: str) -> None:
    add_event(folder, "CA-SEL-1992-COACHELLA", "released", day, precision, words)
    assert [p for p in problems(folder, "state_loan_events", None) if "date_text" in p] == []


@pytest.mark.parametrize(
    ("loan", "event", "day", "sentence"),
    [
        (
            "CA-SEL-2012-INGLEWOOD",
            "referral_closed",
            "2000-01-01",
            "referral_closed is dated before authorized of the same",
        ),
        (
            "CA-SEL-2009-SMCJUHSD",
            "referral_closed",
            "2001-05-05",
            "referral_closed is dated before authorized of the same",
        ),
        (
            "CA-SEL-2004-VALLEJO",
            "referral_confirmed",
            "2003-01-01",
            "referral_confirmed is dated before authorized of the",
        ),
        (
            "CA-SEL-2025-PLUMAS",
            "referral_confirmed",
            "2019-01-01",
            "referral_confirmed is dated before requested of the",
        ),
        ("CA-SEL-2025-PLUMAS", "disbursed", "2025-05-27", "disbursed is dated before authorized of the same loan"),
        ("CA-SEL-2012-INGLEWOOD", "requested", "2013-01-01", ""),
        (
            "CA-SEL-2003-OAKLAND",
            "referral_closed",
            "2018-09-16",
            "the law that refers the district took effect on 2018",
        ),
        (
            "CA-SEL-2001-EMERY",
            "referral_confirmed",
            "2012-01-01",
            "the law that refers the district took effect on 2018",
        ),
    ],
)
def test_an_act_on_a_referral_must_follow_the_loan_and_the_law(
    folder: Path, loan: str, event: str, day: str, sentence: str
) -> None:
    add_event(folder, loan, event, day, "day", day)
    found = problems(folder, "state_loan_events", None)
    assert any((sentence or "is dated before requested of the same loan") in told for told in found), found
    assert {d.loan_id for d in possible_leas(load_registers(folder), LeaNames())} == {loan}


def add_event(folder: Path, loan: str, event: str, day: str, precision: str, words: str) -> None:
    put_event(folder, f"{loan}-X", loan, event, day, precision, words)


def put_event(
    folder: Path,
    event_id: str,
    loan: str,
    event: str,
    day: str,
    precision: str = "day",
    words: str = "",
    role: str = "",
    amount: str = "",
) -> None:
    row = [event_id, loan, event, day, precision, words or day, role, amount, "https://example.org", "high", ""]
    add_rows(folder, "state_loan_events", row)


def undetermined_loans(folder: Path) -> set[str | None]:
    return {d.loan_id for d in possible_leas(load_registers(folder), LeaNames())}


VALLEJO_LOAN, INGLEWOOD_LOAN = "CA-SEL-2004-VALLEJO", "CA-SEL-2012-INGLEWOOD"
OAKLAND_LOAN, COMPTON_LOAN = "CA-SEL-2003-OAKLAND", "CA-SEL-1993-COMPTON-A"


@pytest.mark.parametrize(
    ("loan", "event", "day", "other"),
    [
        (VALLEJO_LOAN, "repaid", "2014-08-01", "2024-08-01, CA-SEL-2004-VALLEJO-04"),
        (VALLEJO_LOAN, "released", "2025-06-29", ""),
        (INGLEWOOD_LOAN, "authorized", "2013-03-01", "2012-09-14, CA-SEL-2012-INGLEWOOD-01"),
        (COMPTON_LOAN, "repaid", "2001-05-31", "2001-06-01, CA-SEL-1993-COMPTON-A-04"),
        ("CA-SEL-2025-PLUMAS", "requested", "2025-04-27", "2025-04-28, CA-SEL-2025-PLUMAS-01"),
    ],
)
def test_a_single_event_on_two_days_leaves_its_loan_undetermined(
    folder: Path, loan: str, event: str, day: str, other: str
) -> None:
    role = "trustee" if event == "released" else ""
    put_event(folder, f"{loan}-X", loan, event, day, role=role)
    found = [told for told in problems(folder, "state_loan_events", None) if f"{event} can happen only once" in told]
    assert len(found) == 2, "each rejects the other: which of them is right nobody can know"
    assert any(other in told for told in found)
    assert undetermined_loans(folder) == {loan}


@pytest.mark.parametrize(
    ("loan", "event", "day", "precision", "words", "role"),
    [
        (VALLEJO_LOAN, "repaid", "2024-08-15", "day", "", ""),  # a month, and a day in it
        (COMPTON_LOAN, "repaid", "2001-08-31", "day", "", ""),  # the last day of a season
        ("CA-SEL-1992-COACHELLA", "repaid", "2010-01-01", "year", "2010", ""),  # before September 2011
        (COMPTON_LOAN, "released", "2003-06-01", "month", "June 2003", "trustee"),  # the administrator left in 2001
        (OAKLAND_LOAN, "disbursed", "2004-07-01", "year", "July 2004", ""),
        (OAKLAND_LOAN, "powers_returned", "2015-07-01", "month", "July 2015", ""),
    ],
)
def test_two_events_that_may_repeat_are_accepted(
    folder: Path, loan: str, event: str, day: str, precision: str, words: str, role: str
) -> None:
    put_event(folder, f"{loan}-X", loan, event, day, precision, words, role)
    assert problems(folder, "state_loan_events", None) == []


@pytest.mark.parametrize(
    ("event_id", "loan", "event", "day"),
    [
        ("CA-SEL-2003-OAKLAND-06", INGLEWOOD_LOAN, "referral_closed", "2026-03-01"),
        ("CA-SEL-2012-INGLEWOOD-03", OAKLAND_LOAN, "referral_confirmed", "2026-03-01"),
        ("CA-SEL-2004-VALLEJO-06", "CA-SEL-2009-SMCJUHSD", "referral_closed", "2026-03-01"),
        ("CA-SEL-2004-VALLEJO", VALLEJO_LOAN, "referral_closed", "2026-03-01"),
        ("CA-SEL-2004-VALLEJO06", VALLEJO_LOAN, "referral_closed", "2026-03-01"),
    ],
)
def test_an_event_id_must_start_with_its_loan_id(folder: Path, event_id: str, loan: str, event: str, day: str) -> None:
    put_event(folder, event_id, loan, event, day)
    (told,) = problems(folder, "state_loan_events", None)
    assert (
        f"column event_id: an event_id begins with its loan_id and a hyphen; {event_id} is not an event of {loan}"
        in told
    )
    of_name = {i for i in (OAKLAND_LOAN, INGLEWOOD_LOAN, VALLEJO_LOAN) if event_id.startswith(f"{i}-")}
    assert undetermined_loans(folder) == {loan, *of_name}, "either may be meant"


def test_an_event_moved_to_another_loan_leaves_both_undetermined(folder: Path) -> None:
    path = folder / "registers/state_loan_events.csv"
    path.write_text(path.read_text().replace("OAKLAND-04,CA-SEL-2003-OAKLAND,", "OAKLAND-04,CA-SEL-2009-SMCJUHSD,"))
    assert undetermined_loans(folder) == {OAKLAND_LOAN, "CA-SEL-2009-SMCJUHSD"}


def test_the_longer_of_two_loan_names_with_one_prefix_matches(folder: Path) -> None:
    path = folder / "registers/state_loans.csv"
    text = path.read_text()
    (row,) = [line for line in text.splitlines() if line.startswith(OAKLAND_LOAN)]
    again = row.replace(OAKLAND_LOAN, f"{OAKLAND_LOAN}-B").replace("ch. 14", "ch. 15").replace("SB 39", "SB 40")
    path.write_text(f"{text}{again.replace(',100000000,100000000,', ',7000000,7000000,')}\n")
    put_event(folder, f"{OAKLAND_LOAN}-B-01", OAKLAND_LOAN, "referral_closed", "2026-03-01")
    (told,) = problems(folder, "state_loan_events", None)
    assert f"the event_id begins with the name of another loan, {OAKLAND_LOAN}-B" in told
    assert undetermined_loans(folder) == {OAKLAND_LOAN, f"{OAKLAND_LOAN}-B"}


@pytest.mark.parametrize("line", [",,,,,,,,,,", " , ,,,,,,,,,", ",", '"","",""'])
def test_a_line_of_only_commas_is_blank(folder: Path, line: str) -> None:
    path = folder / "registers/state_loan_events.csv"
    path.write_text(f"{path.read_text()}{line}\n\n{line}\n")
    assert problems(folder, "state_loan_events", None) == []
    put_event(folder, f"{VALLEJO_LOAN}-X", VALLEJO_LOAN, "repaid", "soon")
    assert "line 48, column event_date: a date is written" in problems(folder, "state_loan_events", None)[0]


def with_columns(folder: Path, loan: str, **changes: str) -> None:
    path = folder / "registers/state_loans.csv"
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    (row,) = [row for row in rows if row["loan_id"] == loan]
    row.update(changes)
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(row), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


PLUMAS_LOAN, MONTEREY_LOAN = "CA-SEL-2025-PLUMAS", "CA-SEL-2009-SMCJUHSD"


@pytest.mark.parametrize(
    ("loan", "changes", "sentence"),
    [
        (PLUMAS_LOAN, {"status_at_latest_source": "outstanding", "amount_drawn_usd": "0"}, "nothing is drawn, and"),
        (VALLEJO_LOAN, {"amount_drawn_usd": "0"}, "a loan with nothing drawn is not repaid"),
        (PLUMAS_LOAN, {"amount_drawn_usd": "5000000"}, "money is drawn, but the status is authorized"),
        (PLUMAS_LOAN, {"latest_balance_usd": "5000000"}, "money is drawn, but the status is authorized"),
        (INGLEWOOD_LOAN, {"latest_balance_usd": "0"}, "nothing is owed, so the loan is not outstanding"),
        (INGLEWOOD_LOAN, {"amount_drawn_usd": "99000000"}, "more is drawn than was authorized (55000000)"),
        (OAKLAND_LOAN, {"amount_authorized_usd": "10000000"}, "more is drawn than was authorized (10000000)"),
        (MONTEREY_LOAN, {"amount_authorized_usd": "0"}, "a loan cannot be zero dollars"),
        (OAKLAND_LOAN, {"latest_balance_as_of": "2025-08"}, "money is owed as of 2025-08, after the source"),
        (OAKLAND_LOAN, {"latest_balance_as_of": "2026"}, "money is owed as of 2026, after the source"),
    ],
)
def test_contradictory_loan_amounts_are_rejected(
    folder: Path, loan: str, changes: dict[str, str], sentence: str
) -> None:
    with_columns(folder, loan, **changes)
    assert any(sentence in told for told in problems(folder, "state_loans", None))
    assert undetermined_loans(folder) == {loan}


@pytest.mark.parametrize(
    ("loan", "changes"),
    [
        (PLUMAS_LOAN, {"amount_drawn_usd": "0"}),
        (PLUMAS_LOAN, {"status_at_latest_source": "outstanding", "amount_drawn_usd": "20000000"}),
        (INGLEWOOD_LOAN, {"amount_drawn_usd": "", "latest_balance_usd": "60000000"}),  # interest is owed as well
        (VALLEJO_LOAN, {"latest_balance_usd": "0", "latest_balance_as_of": "2026-01"}),
        (OAKLAND_LOAN, {"latest_balance_as_of": "2025-07"}),
        (OAKLAND_LOAN, {"latest_balance_as_of": "late 2025"}),
    ],
)
def test_possible_loan_amounts_are_accepted(folder: Path, loan: str, changes: dict[str, str]) -> None:
    with_columns(folder, loan, **changes)
    assert problems(folder, "state_loans", None) == []


@pytest.mark.parametrize(
    ("loan", "event", "day", "amount", "sentence"),
    [
        (PLUMAS_LOAN, "disbursed", "2025-08-01", "0", "zero dollars is not an amount"),
        (MONTEREY_LOAN, "disbursed", "2010-08-01", "0", "zero dollars is not an amount"),
        (VALLEJO_LOAN, "repaid", "2024-08-15", "0", "zero dollars is not an amount"),
        (PLUMAS_LOAN, "disbursed", "2025-08-01", "20000001", "more is disbursed (20000001) than was authorized"),
        (INGLEWOOD_LOAN, "authorized", "2012-09-14", "55000001", "the loan is of 55000000 dollars"),
        (PLUMAS_LOAN, "disbursed", "2025-06-30", "", "nothing is drawn, but money was disbursed before"),
    ],
)
def test_an_event_that_contradicts_the_loan_amounts_is_rejected(
    folder: Path, loan: str, event: str, day: str, amount: str, sentence: str
) -> None:
    put_event(folder, f"{loan}-X", loan, event, day, amount=amount)
    assert any(sentence in told for told in problems(folder, "state_loan_events", None))
    assert undetermined_loans(folder) == {loan}


def test_disbursements_are_added_up(folder: Path) -> None:
    for n in range(3):
        put_event(folder, f"{INGLEWOOD_LOAN}-X{n}", INGLEWOOD_LOAN, "disbursed", f"2013-0{n + 1}-01", amount="18000000")
    assert problems(folder, "state_loan_events", None) == []
    put_event(folder, f"{INGLEWOOD_LOAN}-X3", INGLEWOOD_LOAN, "disbursed", "2013-04-01", amount="1000001")
    (told,) = problems(folder, "state_loan_events", None)
    assert "more is disbursed (55000001) than was authorized (55000000)" in told
    assert undetermined_loans(folder) == {INGLEWOOD_LOAN}


@pytest.mark.parametrize(
    ("loan", "changes"),
    [
        (VALLEJO_LOAN, {"status_at_latest_source": "outstanding", "latest_source_date": "2023-05-01"}),
        (OAKLAND_LOAN, {"enabling_act": "Senate Bill 39", "chapter": ""}),
        (INGLEWOOD_LOAN, {"enabling_act": "", "chapter": "Stats. 2012, Chapter 325", "fiscal_year": ""}),
        (PLUMAS_LOAN, {"enabling_act": "", "chapter": ""}),
        ("CA-SEL-1993-COMPTON-A", {"enabling_act": "the Murray bill"}),
        ("CA-SEL-2003-WESTFRESNO", {"cds": "10767780000000", "successor_cds": "", "successor_name": ""}),
    ],
)
def test_duplicate_loans_under_two_names_are_both_rejected(folder: Path, loan: str, changes: dict[str, str]) -> None:
    path = folder / "registers/state_loans.csv"
    text = path.read_text()
    (row,) = [line for line in text.splitlines() if line.startswith(f"{loan},")]
    path.write_text(f"{text}{row.replace(loan, 'ENTERED-AGAIN')}\n")
    with_columns(folder, "ENTERED-AGAIN", **changes)
    found = [told for told in problems(folder, "state_loans", None) if "is the same loan" in told]
    assert len(found) == 2
    assert any("(ENTERED-AGAIN)" in told for told in found)
    assert undetermined_loans(folder) >= {loan, "ENTERED-AGAIN"}


BORROWERS = LeaNames(
    [
        ("19646340000000", "Inglewood Unified"),
        ("48705810000000", "Vallejo City Unified"),
        ("32669690000000", "Plumas Unified"),
        ("32103220000000", "Plumas County Office of Education"),
        (DISTRICT, NAMES[DISTRICT]),
        (OAKLAND, "Oakland Unified"),
        (SALINAS, "Salinas Union High"),
    ]
)


@pytest.mark.parametrize(
    ("loan", "cds"),
    [
        (INGLEWOOD_LOAN, "19646340000000"),
        (VALLEJO_LOAN, "48705810000000"),
        (PLUMAS_LOAN, "32669690000000"),
        (MONTEREY_LOAN, DISTRICT),
        (OAKLAND_LOAN, OAKLAND),
    ],
)
def test_events_of_a_missing_loan_leave_the_named_district_undetermined(folder: Path, loan: str, cds: str) -> None:
    """By the words of its identifier, or by the initials of the name."""
    drop_loan(folder, loan)
    doubts = possible_leas(load_registers(folder, BORROWERS), BORROWERS)
    assert {(d.cds, d.pathway, d.since, d.is_guess) for d in doubts} == {(cds, "wraparound", None, False)}


def test_an_event_of_an_unknown_loan_may_concern_any_loan(folder: Path) -> None:
    put_event(folder, "LOAN-77-01", "LOAN-77", "repaid", "2020-01-01")
    doubts = possible_leas(load_registers(folder, BORROWERS), BORROWERS)
    assert all(d.is_guess for d in doubts)
    assert len({d.loan_id for d in doubts}) == 12


def drop_loan(folder: Path, loan: str) -> None:
    path = folder / "registers/state_loans.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(f"{loan},")))


OTHER_LEA = {"cds": SALINAS, "lea_name": "Salinas Union High"}


@pytest.mark.parametrize(("old", "new"), [("primary", "primary"), ("request", "primary"), ("fee_for_service", "spi")])
def test_a_case_is_not_replaced_by_one_of_another_lea(folder: Path, old: str, new: str) -> None:
    rows = {old: [case(old, case_id="A", superseded_by="B")]}
    rows.setdefault(new, []).append(case(new, case_id="B", **OTHER_LEA))
    for register, cases in rows.items():
        add_rows(folder, register, *cases)
    (told,) = [p for p in problems(folder, old) if "superseded_by" in p]
    assert "this case belongs to another LEA, Salinas Union High" in told
    assert [line.values["case_id"] for line in load_registers(folder)[old].rejected] == ["A"]


def test_a_case_entered_under_the_wrong_lea_is_replaced_with_a_note(folder: Path) -> None:
    wrong = case("spi", case_id="A", superseded_by="B", note="entered by mistake; it is about SALINAS Union High")
    add_rows(folder, "spi", wrong, case("spi", case_id="B", **OTHER_LEA))
    assert problems(folder, "spi") == []


@pytest.mark.parametrize(("old", "new"), [(LOWELL_BEFORE, LOWELL_AFTER), (LOWELL_AFTER, LOWELL_BEFORE)])
def test_a_case_may_be_replaced_by_one_under_the_successor_code(folder: Path, old: str, new: str) -> None:
    for name, cds, after in (("A", old, "B"), ("B", new, "")):
        days = {LOWELL_BEFORE: ("2019-08-01", "2019-09-01"), LOWELL_AFTER: ("2024-08-01", "2024-09-01")}[new]
        dated = dict(zip(("requested_date", "decision_date"), days, strict=True))
        row = case("request", case_id=name, cds=cds, lea_name="Lowell Joint", superseded_by=after, **dated)
        add_rows(folder, "request", row)
    assert problems(folder, "request", None) == []


AGREED = {"requested_date": "", "entered_on": "2026-01-15"}


@pytest.mark.parametrize(
    ("register", "changes", "sentence"),
    [
        ("spi", {"requested_date": "", "determination_date": "1999-09-01"}, "the State Superintendent pathway took"),
        (
            "spi",
            {"requested_date": "", "determination_date": "2018-09-16"},
            "took effect on 2018-09-17, after this day",
        ),
        ("primary", {"determination_date": "2014-09-01", "requested_date": ""}, "Primary pathway took effect on 2018"),
        ("primary", {"concurrence_date": "2014-10-01"}, "column concurrence_date: the law of the Primary pathway"),
        (
            "fee_for_service",
            {**AGREED, "agreement_date": "1999-09-01", "budget_act_year": ""},
            "Fee for Service pathway",
        ),
        ("request", {"requested_date": "2013-06-30"}, "the law of the Request form pathway took effect on 2013-07-01"),
        ("spi", {"engagement_start": "2012-01-01"}, "column engagement_start: the law of the State Superintendent"),
        ("primary", {"assistance_from": "2012-01-10"}, "EC 52071 and EC 47607.3 took effect on 2013-07-01"),
        ("primary", {"assistance_from": "1995-01-01", "assistance_to": "1996-01-01"}, "column assistance_from"),
        (
            "fee_for_service",
            {**AGREED, "budget_act_year": "2030"},
            "must name the Budget Act of 2024 or 2023",
        ),
        (
            "fee_for_service",
            {**AGREED, "budget_act_year": "2014"},
            "must name the Budget Act of 2024 or 2023",
        ),
        (
            "fee_for_service",
            {**AGREED, "agreement_date": "2024-06-30", "budget_act_year": "2024"},
            "must name the Budget Act of 2023 or 2022",
        ),
    ],
)
def test_a_case_before_its_law_or_with_inconsistent_days_is_rejected(
    folder: Path, register: str, changes: dict[str, str], sentence: str
) -> None:
    add_rows(folder, register, case(register, **changes))
    assert any(sentence in told for told in problems(folder, register)), problems(folder, register)
    assert {(d.pathway, d.cds) for d in possible_leas(load_registers(folder, IN_FILES), IN_FILES)} == {
        (register, DISTRICT)
    }


@pytest.mark.parametrize(
    ("register", "changes"),
    [
        ("spi", {"requested_date": "", "determination_date": "2018-09-17"}),
        ("primary", {"assistance_from": "2013-07-01", "assistance_to": "2014-06-30"}),
        ("fee_for_service", {**AGREED, "agreement_date": "2024-07-01", "budget_act_year": "2023"}),
        ("fee_for_service", {**AGREED, "agreement_date": "2024-06-30", "budget_act_year": "2023"}),
        ("request", {"requested_date": "2018-01-01"}),
    ],
)
def test_a_case_on_the_first_day_of_its_law_is_accepted(folder: Path, register: str, changes: dict[str, str]) -> None:
    add_rows(folder, register, case(register, **changes))
    assert problems(folder, register) == []


LOWELL = {"lea_name": "Lowell Joint", "requested_date": ""}


@pytest.mark.parametrize(
    ("register", "changes", "sentence"),
    [
        ("spi", {"cds": LOWELL_BEFORE, "determination_date": "2024-09-01"}, "this code ended before 2021-07-01"),
        ("spi", {"cds": LOWELL_BEFORE, "determination_date": "2021-07-01"}, "this code ended before 2021-07-01"),
        ("spi", {"cds": LOWELL_AFTER, "determination_date": "2019-09-01"}, "this code began on 2021-07-01"),
        (
            "request",
            {"cds": LOWELL_AFTER, "decision_date": "2021-06-30"},
            "column decision_date: registers/successions",
        ),
        ("fee_for_service", {"cds": LOWELL_BEFORE, "engagement_start": "2025-01-01"}, "column engagement_start"),
        ("spi", {"cds": LOWELL_BEFORE, "determination_date": "2021-06-30"}, ""),
        ("spi", {"cds": LOWELL_AFTER, "determination_date": "2021-07-01"}, ""),
    ],
)
def test_acts_must_be_within_the_life_of_their_code(
    folder: Path, register: str, changes: dict[str, str], sentence: str
) -> None:
    add_rows(folder, register, case(register, **{**LOWELL, **changes}))
    found = problems(folder, register, None)
    assert any(sentence in told for told in found) if sentence else found == []


@pytest.mark.parametrize(
    ("register", "changes"),
    [
        ("request", {"decision": "declined"}),
        ("request", {"decision": "withdrawn", "note": "by telephone"}),
        ("primary", {"concurrence": "no"}),
        ("primary", {"concurrence": "no", "geo_lead": "Sacramento COE"}),
    ],
)
def test_opposite_answers_on_one_day_are_both_rejected(folder: Path, register: str, changes: dict[str, str]) -> None:
    add_rows(folder, register, case(register, case_id="A"), case(register, case_id="B", **changes))
    found = problems(folder, register)
    assert len(found) == 2
    assert all("the same act has another answer on the same day" in told for told in found)
    assert load_registers(folder, IN_FILES)[register].fine == 0


@pytest.mark.parametrize(
    ("register", "changes"),
    [
        ("request", {"decision": "declined", "decision_date": "2024-09-02"}),
        ("request", {"decision": "declined", "requested_date": "2024-08-02"}),
        ("request", {"decision": "declined", "cds": SALINAS}),
        ("request", {"decision": "declined", "superseded_by": "A"}),
        ("primary", {"case_id": "B"}),
        ("primary", {"concurrence": "no", "concurrence_date": "2024-09-20"}),
    ],
)
def test_compatible_answers_are_accepted(folder: Path, register: str, changes: dict[str, str]) -> None:
    add_rows(folder, register, case(register, case_id="A"), case(register, **{"case_id": "B", **changes}))
    assert problems(folder, register) == []


def succession(folder: Path, before: str, after: str, day: str, kind: str = "county_transfer") -> None:
    row = {"predecessor_cds": before, "predecessor_name": "Lowell Joint", "successor_cds": after}
    row |= {"successor_name": "Lowell Joint", "succession_date": day, "kind": kind, "source_url": "https://example.org"}
    add_rows(folder, "successions", row | {"source_note": "", "entered_by": "a test", "entered_on": "2026-01-15"})


@pytest.mark.parametrize("day", ["2023-07-01", "2021-07-01", "2019-07-01"])
def test_circular_successions_of_codes_are_rejected(folder: Path, day: str) -> None:
    succession(folder, LOWELL_AFTER, LOWELL_BEFORE, day)
    found = problems(folder, "successions", None)
    assert sum("these codes replace each other in a circle" in told for told in found) == 2
    assert load_registers(folder)["successions"].fine == 0


def test_a_circle_of_three_codes_is_rejected(folder: Path) -> None:
    succession(folder, LOWELL_AFTER, "37647660000000", "2022-07-01")
    assert problems(folder, "successions", None) == []
    succession(folder, "37647660000000", LOWELL_BEFORE, "2023-07-01")
    assert sum("in a circle" in told for told in problems(folder, "successions", None)) == 3


def test_a_new_code_must_not_end_before_it_began(folder: Path) -> None:
    succession(folder, LOWELL_AFTER, "37647660000000", "2020-07-01")
    (told,) = problems(folder, "successions", None)
    assert "the new code ended before it began (2020-07-01)" in told


def test_an_ended_case_is_not_replaced_by_a_later_one(folder: Path) -> None:
    early, late = case("request", case_id="A", superseded_by="B"), case("request", case_id="B")
    add_rows(folder, "request", early, late)
    assert not any("a replaced case never counts" in told for told in warnings(folder, "request"))
    path = folder / "registers/request.csv"
    head, first, second = path.read_text().splitlines(keepends=True)
    columns = head.strip().split(",")
    cells = first.strip("\n").split(",")
    cells[columns.index("entered_on")] = "2024-03-31"
    for column in columns:
        if column.endswith("_date") and cells[columns.index(column)]:
            cells[columns.index(column)] = "2024-03-01"
    path.write_text(head + ",".join(cells) + "\n" + second)
    (told,) = [w for w in warnings(folder, "request") if "replaces it" in w]
    assert "a replaced case never counts; close a case that ended with end_date instead" in told


def test_the_last_day_of_a_period_matches_the_tables() -> None:
    with duckdb.connect() as connection:
        load_reference(PROJECT / "data", connection)
        load_macros(connection)
        for day in ("2024-01-01", "2024-02-01", "2023-12-01", "2023-07-01", "2024-06-15"):
            for precision in (
                ("day", "month", "season", "year", "fiscal_year", "before")
                if day.endswith("01")
                else ("day", "month", "year", "before")
            ):
                event = StateLoanEvent.model_construct(event_date=date.fromisoformat(day), precision=precision)
                assert connection.execute(
                    "select last_possible_day(?::date, ?)::date", [day, precision]
                ).fetchall() == [(event.latest,)], (day, precision)


# ---- days, texts, addresses, identifiers ----


@pytest.mark.parametrize(
    ("register", "column"),
    [
        ("spi", "entered_on"),
        ("spi", "requested_date"),
        ("primary", "assistance_to"),
        ("fee_for_service", "agreement_date"),
        ("calpads", "certified_on"),
    ],
)
def test_a_record_must_not_have_a_future_day(folder: Path, register: str, column: str) -> None:
    today = date(2026, 11, 27)
    add_rows(folder, register, case(register, **{column: (today + timedelta(days=1)).isoformat()}))
    told = problems(folder, register, IN_FILES, today=today)
    assert any(
        f"column {column}: the day is in the future: today is 2026-11-27 (value '2026-11-28')" in t for t in told
    )
    assert not any(
        "is in the future" in t for t in problems(folder, register, IN_FILES, today=today + timedelta(days=1))
    )


def test_today_is_californias(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 28, 2, tzinfo=UTC))  # 18:00 on the 27th in California
    assert refusal(REGISTERS["spi"], "entered_on", "2026-11-27") is None
    assert refusal(REGISTERS["spi"], "entered_on", "2026-11-28") == "the day is in the future: today is 2026-11-27"


@pytest.mark.parametrize(
    ("register", "changes", "column"),
    [
        ("spi", {"requested_date": "1989-12-31"}, "requested_date"),
        ("primary", {"assistance_from": "0203-01-10"}, "assistance_from"),
        ("fee_for_service", {"agreement_date": "1924-09-01"}, "agreement_date"),
    ],
)
def test_a_day_before_the_first_record_is_rejected(
    folder: Path, register: str, changes: dict[str, str], column: str
) -> None:
    add_rows(folder, register, case(register, **changes))
    assert any(f"column {column}: the day is before 1990-01-01" in t for t in problems(folder, register))


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(
    ("register", "column"), [("spi", "evidence"), ("request", "entered_by"), ("primary", "note"), ("calpads", "note")]
)
def test_an_invisible_text_counts_as_blank(folder: Path, register: str, column: str, hidden: str) -> None:
    add_rows(folder, register, case(register, **{column: f"{hidden}{hidden}"}))
    told = problems(folder, register)
    if column == "note" and not hidden.strip():
        assert told == [], "space around a value is left out when it is read: the note is empty"
        return
    assert len(told) == 1
    said = (
        f"the text contains the control or invisible character U+{ord(hidden):04X}; delete it"
        if hidden.strip()
        else "it must not be empty"
    )
    assert f"line 2, column {column}: {said} (value " in told[0]
    assert load_registers(folder, IN_FILES)[register].fine == 0


@pytest.mark.parametrize(
    ("register", "column", "value", "said"),
    [
        ("spi", "case_id", "S\u200b-1", "the text contains the control or invisible character U+200B; delete it"),
        (
            "spi",
            "lea_name",
            "South Monterey\u00ad County Joint Union High",
            "the text contains the control or invisible character U+00AD; delete it",
        ),
        (
            "primary",
            "superseded_by",
            "P\u2060-2",
            "the text contains the control or invisible character U+2060; delete it",
        ),
        (
            "calpads",
            "source_url",
            "java\u200bscript:alert(1)",
            "the text contains the control or invisible character U+200B; delete it",
        ),
        ("spi", "case_id", "S\u00a01", "it contains an invisible character; type it again"),
    ],
)
def test_a_hidden_character_within_a_text_is_refused(
    folder: Path, register: str, column: str, value: str, said: str
) -> None:
    assert refusal(REGISTERS[register], column, value) == said
    add_rows(folder, register, case(register, **{column: value}))
    told = [t for t in problems(folder, register) if "no register has a case with this identifier" not in t]
    assert told == [f"registers/{register}.csv, line 2, column {column}: {said} (value {value!r})."]


def test_each_wrong_cell_of_a_row_is_reported_once(folder: Path) -> None:
    add_rows(folder, "spi", case("spi", evidence="\u200b", note="\x1b[31mred", determination_date="soon"))
    told = problems(folder, "spi")
    assert [t.split(": ")[0].rsplit(" ", 1)[1] for t in told] == ["evidence", "note", "determination_date"]


SCHEMES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "vbscript:x",
    "java\tscript:alert(1)",
    "ftp://example.org/x",
]


@pytest.mark.parametrize("value", SCHEMES)
@pytest.mark.parametrize(("register", "column"), [("calpads", "source_url"), ("spi", "evidence"), ("request", "note")])
def test_only_web_addresses_are_accepted(folder: Path, register: str, column: str, value: str) -> None:
    add_rows(folder, register, case(register, **{column: value}))
    (told,) = problems(folder, register)
    assert f"column {column}: an address" in told


@pytest.mark.parametrize(
    "value",
    [
        "https://",
        "https://localhost",
        "example.org/page",
        "https://a b.org",
        "https://user@example.org",
        "http:/example.org",
        "//example.org",
    ],
)
def test_an_invalid_address_is_refused(value: str) -> None:
    assert (
        refusal(REGISTERS["calpads"], "source_url", value)
        == "an address of a web page is needed, beginning with https:// or http://"
    )


@pytest.mark.parametrize(
    "value",
    [
        "letter of 1 September 2024: see file: 12",
        "https://example.org/a?b=c",
        "Note: data: 3 pages",
        "e-mail of the director, 9:30",
    ],
)
def test_plain_evidence_is_accepted(value: str) -> None:
    assert refusal(REGISTERS["spi"], "evidence", value) is None


@pytest.mark.parametrize("other", ["s-1", "S-1\u00a0", "Ｓ-1", "ſ-1"])
def test_identifiers_must_differ_in_more_than_case_and_unicode_form(folder: Path, other: str) -> None:
    add_rows(folder, "spi", case("spi"))
    add_rows(folder, "request", case("request", case_id=other))
    assert any("registers/spi.csv, line 2 has" in t and "case_id" in t for t in problems(folder, "request"))
    assert load_registers(folder, IN_FILES)["spi"].fine == 0, "which of the two is meant cannot be known"


# ---- a wrong row is rejected, and the other rows are used ----


def test_a_wrong_row_does_not_affect_the_others(folder: Path) -> None:
    add_rows(
        folder,
        "spi",
        case("spi"),
        case("spi", case_id="S-2", cds=SALINAS, lea_name="Oakland Unified"),
        case("spi", case_id="S-3", cds=SALINAS),
    )
    register = load_registers(folder, IN_FILES)["spi"]
    assert to_arrow(register).column("case_id").to_pylist() == ["S-1", "S-3"]
    assert [line.number for line in register.rejected] == [3]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"cds": "2766068", "lea_name": NAMES[DISTRICT]}, {DISTRICT}),
        ({"cds": "1612590000000", "lea_name": "Oakland Unified"}, {OAKLAND}),
        ({"cds": "", "lea_name": "Salinas Union High"}, {SALINAS}),
        ({"cds": SALINAS, "lea_name": "Salnas Union High"}, {SALINAS}),
        ({"cds": "", "lea_name": "Oaklnd Unifed"}, {OAKLAND}),
        ({"cds": DISTRICT, "lea_name": NAMES[DISTRICT], "evidence": ""}, {DISTRICT}),
    ],
)
def test_a_rejected_row_lists_the_leas_it_may_concern(folder: Path, row: dict[str, str], expected: set[str]) -> None:
    add_rows(folder, "spi", case("spi", **{"cds": row["cds"], **row}))
    assert {d.cds for d in possible_leas(load_registers(folder, IN_FILES), IN_FILES)} == expected


def test_a_row_with_a_comma_too_many_still_concerns_its_lea(folder: Path) -> None:
    path = folder / "registers/spi.csv"
    path.write_text(path.read_text() + f"S-1,{SALINAS},Salinas Union High, of Salinas,2024-08-01,x\n")
    assert SALINAS in {d.cds for d in possible_leas(load_registers(folder, IN_FILES), IN_FILES)}


def test_a_rejected_case_counts_from_its_first_day_unless_a_day_is_wrong(folder: Path) -> None:
    add_rows(folder, "spi", case("spi", evidence=""), case("spi", case_id="S-2", determination_date="soon"))
    assert {(d.line, d.since) for d in possible_leas(load_registers(folder, IN_FILES), IN_FILES)} == {
        (2, date(2024, 8, 1)),
        (3, None),
    }


# ---- registers of earlier versions ----


def in_old_spelling(folder: Path) -> None:
    for name in ("state_loans", "state_loan_events"):
        path = folder / "registers" / f"{name}.csv"
        text = path.read_text()
        assert "authorized" in text
        path.write_text(
            text.replace("amount_authorized_usd", "amount_authorised_usd").replace(",authorized,", ",authorised,")
        )
    path = folder / "registers/accepted_differences.csv"
    path.write_text(
        path.read_text().replace("lea_name,", "")
        + f"{DISTRICT},2024,letter:EL,-,K,CDE is told of it,2026-01-15,2027-01-15\n"
    )


def test_registers_of_earlier_versions_load(folder: Path) -> None:
    before = {name: to_arrow(r) for name, r in load_registers(folder).items()}
    in_old_spelling(folder)
    after = load_registers(folder)
    assert [p for r in after.values() for p in r.problems] == []
    assert to_arrow(after["state_loans"]).equals(before["state_loans"])
    assert to_arrow(after["state_loan_events"]).equals(before["state_loan_events"])
    assert to_arrow(after["accepted_differences"]).num_rows == 1


def test_migrate_rewrites_registers_once_and_keeps_backups(folder: Path) -> None:
    today = {p.name: p.read_bytes() for p in (folder / "registers").glob("state*.csv")}
    in_old_spelling(folder)
    old = {p.name: p.read_bytes() for p in (folder / "registers").glob("*.csv")}
    backups = migrate(folder)
    assert {p.name: p.read_bytes() for p in (folder / "registers").glob("state*.csv")} == today
    assert sorted(b.read_bytes() for b in backups) == sorted(
        old[f"{n}.csv"] for n in ("state_loans", "state_loan_events", "accepted_differences")
    )
    assert (folder / "registers/accepted_differences.csv").read_text().splitlines()[0].endswith(",lea_name")
    assert migrate(folder) == []
    assert [p for r in load_registers(folder).values() for p in r.problems] == []


def test_a_row_is_added_to_a_file_in_the_old_spelling(folder: Path) -> None:
    in_old_spelling(folder)
    path = folder / "registers/state_loans.csv"
    added = with_row(path.read_bytes(), {"loan_id": "X-1", "amount_authorized_usd": "5000"}).decode().splitlines()
    column = added[0].split(",").index("amount_authorised_usd")
    assert added[-1].split(",")[column] == "5000"
