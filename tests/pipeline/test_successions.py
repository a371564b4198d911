"""A CDS code that ended: the history under it is shown beside the new one, and never makes or hides a verdict in
silence.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import openpyxl
import pytest
from rich.console import Console

from expectations.checks import load_checks
from flows.cli.tables import show_report
from reports.book import read_book
from reports.lea import collect
from reports.published import NotFoundError, find_lea
from tests.cases import add_rows, reference_copy
from tests.workbooks import drop_rows
from tests.workplace import SAMPLE, Workplace

CODE, FORMER, NAME = "27660680000000", "40660680000000", "South Monterey County Joint Union High"
SUCCESSION = {
    "predecessor_cds": FORMER, "predecessor_name": NAME, "successor_cds": CODE, "successor_name": NAME,
    "succession_date": "2021-07-01",
    "kind": "county_transfer", "source_url": "https://example.org/moved", "source_note": "", "entered_by": "a test",
    "entered_on": "2025-01-15",
}  # fmt: skip
LETTERS = (
    "select dashboard_year, list(student_group order by student_group) from assistance_letters where cds = ? and letter"
    " is not null group by 1"
)
CONTINUUM = (
    "select status, decided_by, reason from eligibility where cds = ? and determination_year = ? and pathway ="
    " 'continuum'"
)


def moved(source: Path) -> None:
    """The district's rows before 2022 have another county and its code, as those of Lowell Joint."""
    for name in ("assistancestatus2017.xlsx", "assistancestatus18.xlsx", "assistancestatus19-rev.xlsx"):
        rewritten(source / name, {CODE: FORMER, CODE[:7]: FORMER[:7]})


def rewritten(path: Path, values: dict[str, str]) -> None:
    book = openpyxl.load_workbook(path)
    rows = [r for s in book.worksheets for r in s.iter_rows() if any(str(c.value) in values for c in r)]
    assert rows, path.name
    for cell in (c for row in rows for c in row):
        cell.value = {"Monterey": "San Luis Obispo", **values}.get(str(cell.value), cell.value)
    book.save(path)


def without_workbooks(source: Path) -> None:
    """Without CDE's workbooks of 2022 to 2024: neither a flag nor a status carried over from before."""
    for year in (22, 23, 24):
        (source / f"assistancestatus{year}.xlsx").unlink()


@pytest.fixture
def whole(workplace: Workplace, tmp_path: Path) -> Workplace:
    """The sample with the district moved, and registers to add to."""
    moved(workplace.source)
    return Workplace(workplace.source, workplace.work, workplace.out, reference_copy(tmp_path / "reference"))


@pytest.fixture
def place(whole: Workplace) -> Workplace:
    """The same without CDE's workbooks of 2022 to 2024: neither a flag nor a status carried over from before."""
    without_workbooks(whole.source)
    return whole


@pytest.fixture(scope="module")
def succeeded(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables of such a place with the succession on record."""
    folder = tmp_path_factory.mktemp("succeeded")
    shutil.copytree(SAMPLE, folder / "source")
    moved(folder / "source")
    without_workbooks(folder / "source")
    reference = reference_copy(folder / "reference")
    add_rows(reference, "successions", SUCCESSION)
    with Workplace(folder / "source", raw_cache, folder / "out", reference).decide() as connection:
        yield connection


def check(name: str) -> str:
    return next(c.query for c in load_checks() if c.check_id == name)


def test_without_a_predecessor_the_missing_years_are_said_and_the_pair_is_named(place: Workplace) -> None:
    with place.decide() as db:
        status, decided_by, reason = db.execute(CONTINUUM, [CODE, 2023]).fetchone()
        assert (status, decided_by) == ("not_eligible", "computed_from_letters")
        assert (
            "CDE's files of 2018 and 2019 do not list this district under this code, and no predecessor is on record"
            in reason
        )
        assert [(row[4], row[0]) for row in db.execute(check("codes_of_one_name")).fetchall()] == [(FORMER, CODE)]
        years = "select distinct dashboard_year from student_group_history where cds = ? and listed is false order by 1"
        assert db.execute(years, [CODE]).fetchall() == [(2017,), (2018,), (2019,)]


def test_a_status_that_a_later_workbook_carries_over_leaves_it_open_and_is_no_no(whole: Workplace) -> None:
    """Without a predecessor on record the earlier row is missing, not absent: CDE's flag answers, or nothing does."""
    with whole.decide() as db:
        status, decided_by, _ = db.execute(CONTINUUM, [CODE, 2023]).fetchone()
        assert (status, decided_by) == ("eligible", "cde")
        assert [(row[4], row[0]) for row in db.execute(check("codes_of_one_name")).fetchall()] == [(FORMER, CODE)]


def test_with_a_predecessor_what_it_would_change_is_not_determined(succeeded: duckdb.DuckDBPyConnection) -> None:
    status, decided_by, reason = succeeded.execute(CONTINUUM, [CODE, 2023]).fetchone()
    assert (status, decided_by) == ("undetermined", None)
    assert reason.startswith(
        "By the results under this code alone the answer is no, and the results under the earlier code"
    )
    assert f"{NAME} ({FORMER})" in reason
    assert succeeded.execute(check("codes_of_one_name")).fetchall() == []
    own = succeeded.execute(
        "select dashboard_year, student_groups from predecessor_years where cds = ? order by 1", [CODE]
    ).fetchall()
    letters = succeeded.execute(
        "select dashboard_year, list(student_group order by student_group) from assistance_letters where cds = ?"
        " and letter is not null group by 1",
        [FORMER],
    ).fetchall()
    assert {year: groups for year, groups in own if groups} == dict(letters)
    assert any(groups for _, groups in own)


def test_the_flag_of_cde_answers_where_the_predecessor_would_change_the_verdict(whole: Workplace) -> None:
    add_rows(whole.reference, "successions", SUCCESSION)
    with whole.decide() as db:
        status, decided_by, reason = db.execute(CONTINUUM, [CODE, 2023]).fetchone()
        assert (status, decided_by) == ("eligible", "cde")
        assert reason.startswith(
            "CDE's flag EC52072_2023 is Y. It is the verdict, because the results under the earlier code"
        )
        assert "would change the no that this code alone gives" in reason
        assert db.execute(
            "select count(*) from eligibility where cds = ? and agrees_with_cde is false", [CODE]
        ).fetchone() == (0,)


def test_a_rejected_succession_leaves_its_lea_undetermined(place: Workplace) -> None:
    add_rows(place.reference, "successions", SUCCESSION | {"succession_date": "July 2021"})
    with place.decide() as db:
        status, _, reason = db.execute(CONTINUUM, [CODE, 2023]).fetchone()
        assert status == "undetermined"
        assert "a predecessor whose record was rejected" in reason


def test_consecutive_years_of_a_predecessor_count_the_same_way(succeeded: duckdb.DuckDBPyConnection) -> None:
    query = (
        "select status, reason from assistance where cds = ? and determination = 'consecutive' and determination_year ="
        " 2023"
    )
    status, reason = succeeded.execute(query, [CODE]).fetchone()
    joined = succeeded.execute(
        "select count(*) from consecutive_groups where cds = ? and determination_year = 2023 and may_count_joined",
        [CODE],
    ).fetchone()
    assert status == ("undetermined" if joined != (0,) else "not_eligible")
    assert joined != (0,)
    assert f"{NAME} ({FORMER})" in reason


@pytest.mark.parametrize("day", ["2017-07-01", "2018-06-30", "2019-01-31"])
def test_a_predecessor_that_is_listed_after_the_day_leaves_it_open(place: Workplace, day: str) -> None:
    """A careless day gave the years after it to nobody, and the verdict was a no."""
    add_rows(place.reference, "successions", SUCCESSION | {"succession_date": day})
    with place.decide() as db:
        status, decided_by, reason = db.execute(CONTINUUM, [CODE, 2023]).fetchone()
        assert (status, decided_by) == ("undetermined", None)
        assert f"{NAME} ({FORMER})" in reason
        warned = db.execute(check("successions_follow_files")).fetchall()
        years = [year for year in (2017, 2018, 2019) if f"{year}-06-30" >= day]
        assert [(row[0], row[2], row[5], row[6]) for row in warned] == [
            (CODE, FORMER, y, "still_listed") for y in years
        ]
        said = db.execute("select sentence from predecessor_years where dashboard_year = 2019").fetchall()
        assert said == [(f"2019: {NAME} ({FORMER}) is still listed; by the register its code ended before {day}",)]


@pytest.mark.parametrize(
    ("file", "year", "determination"), [("2017", 2017, 2022), ("18", 2018, 2023), ("19-rev", 2019, 2023)]
)
def test_a_gap_between_two_codes_is_not_determined(place: Workplace, file: str, year: int, determination: int) -> None:
    """Neither code has a row in a workbook after the day of the succession."""
    path = next(place.source.glob(f"assistancestatus{file}.xls*"))
    assert drop_rows(path, [FORMER]) == 1
    add_rows(place.reference, "successions", SUCCESSION | {"succession_date": f"{year - 1}-07-01"})
    with place.decide() as db:
        assert db.execute(CONTINUUM, [CODE, determination]).fetchone()[0] == "undetermined"
        warned = {row[5]: row[6] for row in db.execute(check("successions_follow_files")).fetchall()}
        assert warned[year] == "gap"
        ((groups, unknown, sentence),) = db.execute(
            "select len(student_groups), len(student_groups_unknown), sentence from predecessor_years where cds = ? and"
            " dashboard_year = ?",
            [CODE, year],
        ).fetchall()
        assert (groups, unknown > 10) == (0, True)
        assert sentence.endswith(f"this code began on {year - 1}-07-01. The results are not determined")


@pytest.mark.parametrize(
    ("day", "kind", "years"),
    [
        ("2024-07-01", "county_transfer", [2022, 2023, 2024]),
        ("2023-07-01", "unification", [2022, 2023]),
        ("2022-06-30", "county_transfer", []),
        ("2024-07-01", "merger", []),
    ],
)
def test_a_new_code_that_is_listed_before_its_day_is_named(
    place: Workplace, day: str, kind: str, years: list[int]
) -> None:
    add_rows(place.reference, "successions", SUCCESSION | {"succession_date": day, "kind": kind})
    with place.decide() as db:
        warned = db.execute(check("successions_follow_files")).fetchall()
    assert [(row[0], row[5], row[6]) for row in warned] == [(CODE, year, "listed_before") for year in years]


def test_a_day_that_the_files_follow_warns_of_nothing(succeeded: duckdb.DuckDBPyConnection) -> None:
    assert succeeded.execute(check("successions_follow_files")).fetchall() == []
    assert succeeded.execute("select max(dashboard_year) from predecessor_years").fetchone() == (2019,)


def test_chains_of_codes_reach_back_to_the_first(place: Workplace) -> None:
    between = "41660680000000"
    add_rows(place.reference, "successions", SUCCESSION | {"predecessor_cds": between, "succession_date": "2021-07-01"})
    add_rows(place.reference, "successions", SUCCESSION | {"successor_cds": between, "succession_date": "2019-07-01"})
    with place.decide() as db:
        found = db.execute(
            "select dashboard_year, predecessor_cds from predecessor_years where cds = ? order by all", [CODE]
        ).fetchall()
    assert [year for year, cds in found if cds == FORMER] == [2017, 2018, 2019]


def test_former_codes_and_names_find_the_lea(
    whole: Workplace, without_gates: None, capsys: pytest.CaptureFixture[str]
) -> None:
    add_rows(whole.reference, "successions", SUCCESSION)
    assert whole.publish().outcome == "published"
    with duckdb.connect(str(whole.out / "current" / "dta.duckdb"), read_only=True) as db:
        assert find_lea(db, NAME).cds == CODE  # both codes have the name; the present one is meant
        assert find_lea(db, FORMER).cds == FORMER
        with pytest.raises(NotFoundError):
            find_lea(db, "30647660000001")
        console = Console(width=160)
        present, former = collect(db, read_book(db), [find_lea(db, CODE), find_lea(db, FORMER)], 2024)
        show_report(console, present, False)
        shown = capsys.readouterr().out
        assert f"2019: not listed under this code; as {NAME} ({FORMER}):" in shown
        show_report(console, former, False)
        assert f"It goes on as {NAME} ({CODE})." in capsys.readouterr().out


def test_pages_show_and_find_what_came_before(whole: Workplace, without_contracts: None) -> None:
    add_rows(whole.reference, "successions", SUCCESSION)
    with (whole.reference / "reference" / "coe_providers.csv").open("a") as stream:
        stream.write("27,Monterey,Kern COE,2024-07-01,,a letter,a letter names the provider,high,a letter\n")
    assert whole.publish().outcome == "published"
    site = whole.out / "current" / "reports"
    page = (site / "lea" / f"{CODE}.html").read_text("utf-8")
    for year in (2017, 2018, 2019):
        assert (
            f'data-predecessor="{FORMER}" data-year="{year}">{year}: not listed under this code; as {NAME} ({FORMER}):'
            in page
        )
    assert f'<a href="{FORMER}.html">Its page</a>' in page
    assert '<span class="quiet">not listed under this code</span>' in page
    former = (site / "lea" / f"{FORMER}.html").read_text("utf-8")
    assert f"This code ended on July 1, 2021: it moved to another county. It goes on as {NAME} ({CODE})." in former
    assert f"formerly also {NAME} ({FORMER})" in (site / "assets" / "rows" / "2024.js").read_text("ascii")
    office = (site / "lea" / "27102720000000.html").read_text("utf-8")
    assert "Assistance provider: Kern COE (from July 1, 2024)" in office
    assert "Criteria met; CCEE&#39;s determination: not recorded." in office


def test_a_code_that_no_file_has_finds_its_successor(tmp_path: Path, workplace: Workplace, without_gates: None) -> None:
    reference = reference_copy(tmp_path / "reference")
    add_rows(reference, "successions", SUCCESSION | {"predecessor_name": "King City Union High"})
    place = Workplace(workplace.source, workplace.work, workplace.out, reference)
    assert place.publish().outcome == "published"
    with duckdb.connect(str(place.out / "current" / "dta.duckdb"), read_only=True) as released:
        assert [find_lea(released, asked).cds for asked in (FORMER, FORMER[:7], "King City Union High")] == [CODE] * 3


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"successor_cds": FORMER}, "an LEA does not follow itself"),
    ({"kind": "charter_moved"}, "which does not fit charter_moved"),
    (
        {"predecessor_cds": "40102720000000", "predecessor_name": "San Luis Obispo County Office of Education"},
        "the codes are those of a county office",
    ),
    ({"predecessor_cds": "27660690000000"}, "both codes are of one county"),
    ({"succession_date": "2090-07-01"}, "the day lies in the future"),
    ({"source_url": "a letter"}, "an address of a web page is needed"),
]


@pytest.mark.parametrize(("changes", "sentence"), REFUSED, ids=[s for _, s in REFUSED])
def test_rows_that_cannot_be_are_refused(changes: dict[str, str], sentence: str, tmp_path: Path) -> None:
    from transforms.registers.load import check_registers

    folder = reference_copy(tmp_path / "reference")
    add_rows(folder, "successions", SUCCESSION | changes)
    assert sentence in "\n".join(map(str, check_registers(folder)["successions"].problems))
