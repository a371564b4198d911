"""A CDS code that ended: its history is shown with the new code, and never creates or hides a verdict silently."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
from tests.dashboards import COUNTIES, Dashboards
from tests.gates.sample import decided as decided_run
from tests.twins import add_twins
from tests.workbooks import drop_rows
from tests.workplace import SAMPLE, Workplace

CODE, FORMER, NAME = "27660680000000", "40660680000000", "South Monterey County Joint Union High"
SUCCESSION = {
    "predecessor_cds": FORMER, "predecessor_name": NAME, "successor_cds": CODE, "successor_name": NAME,
    "succession_date": "2021-07-01",
    "kind": "county_transfer", "source_url": "https://example.org/moved", "source_note": "", "entered_by": "a test",
    "entered_on": "2025-01-15",
}  # fmt: skip
BEFORE_2022 = ("assistancestatus2017.xlsx", "assistancestatus18.xlsx", "assistancestatus19-rev.xlsx")


@dataclass(frozen=True)
class Pair:
    """A district whose rows before 2022 have another county and its code, like those of Lowell Joint.

    Each pair has a different former county.
    """

    code: str
    former: str
    name: str

    def succession(self, **changes: str) -> dict[str, str]:
        own = {"predecessor_cds": self.former, "predecessor_name": self.name}
        return SUCCESSION | own | {"successor_cds": self.code, "successor_name": self.name} | changes


PAIR = Pair(CODE, FORMER, NAME)
STILL_LISTED = ("2017-07-01", "2018-06-30", "2019-01-31")
GAPS = [("2017", 2017, 2022), ("18", 2018, 2023), ("19-rev", 2019, 2023)]
EARLY = [
    ("2024-07-01", "county_transfer", [2022, 2023, 2024]),
    ("2023-07-01", "unification", [2022, 2023]),
    ("2022-06-30", "county_transfer", []),
    ("2024-07-01", "merger", []),
]
BETWEEN = "41660680000000"
# The changes of the succession of each pair, by the purpose of the pair.
RECORDED: dict[object, dict[str, str]] = {
    "fine": {},
    "rejected": {"succession_date": "July 2021"},
    **{("still listed", day): {"succession_date": day} for day in STILL_LISTED},
    **{("gap", year): {"succession_date": f"{year - 1}-07-01"} for _, year, _ in GAPS},
    **{("early", day, kind): {"succession_date": day, "kind": kind} for day, kind, _ in EARLY},
}
PAIRS: dict[object, Pair] = {
    which: Pair(f"27{90000 + n}0000000", f"{n}{90000 + n}0000000", f"{NAME} {n}")
    for n, which in enumerate([*RECORDED, "chain", "alone", "in no file"], 42)
}


def moved(source: Path, *pairs: Pair) -> None:
    """Give the rows before 2022 the former codes of these pairs, and another county."""
    codes = {p.code: p.former for p in pairs} | {p.code[:7]: p.former[:7] for p in pairs}
    for path in map(source.joinpath, BEFORE_2022):
        book = openpyxl.load_workbook(path)
        rows = [r for s in book.worksheets for r in s.iter_rows() if any(str(c.value) in codes for c in r)]
        assert len(rows) == len(pairs), path.name
        for row in rows:
            county = COUNTIES[next(codes[str(c.value)] for c in row if str(c.value) in codes)[:2]]
            for cell in row:
                cell.value = {"Monterey": county, **codes}.get(str(cell.value), cell.value)
        book.save(path)


# Districts that keep their own code after another district merged into them; each lost its row in one workbook.
TAKEN_IN = {
    year: (Pair(f"27{91000 + n}0000000", f"27{92000 + n}0000000", f"{NAME} of {year}"), file)
    for n, (file, year, _) in enumerate(GAPS)
}


def add_merged_districts(source: Path, reference: Path) -> None:
    names = {p.code: p.name for p, _ in TAKEN_IN.values()} | {p.former: f"{p.name} East" for p, _ in TAKEN_IN.values()}
    add_twins(source, CODE, NAME, names)
    for pair, file in TAKEN_IN.values():
        assert drop_rows(next(source.glob(f"assistancestatus{file}.xls*")), [pair.code]) == 1
        own = pair.succession(kind="merger", predecessor_name=f"{pair.name} East")
        add_rows(reference, "successions", own)


@pytest.fixture(scope="module")
def decided(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Decide without CDE's workbooks of 2022 to 2024: no flag, and no status carried over from before."""
    folder = tmp_path_factory.mktemp("moved")
    source, reference = folder / "source", reference_copy(folder / "reference")
    shutil.copytree(SAMPLE, source)
    for year in (22, 23, 24):
        (source / f"assistancestatus{year}.xlsx").unlink()
    pairs = {which: pair for which, pair in PAIRS.items() if which != "in no file"}
    add_twins(source, CODE, NAME, {p.code: p.name for p in pairs.values()})
    moved(source, *pairs.values())
    for file, year, _ in GAPS:
        path = next(source.glob(f"assistancestatus{file}.xls*"))
        assert drop_rows(path, [PAIRS["gap", year].former]) == 1
    chain = PAIRS["chain"]
    add_rows(
        reference,
        "successions",
        *(PAIRS[which].succession(**changes) for which, changes in RECORDED.items()),
        chain.succession(predecessor_cds=BETWEEN),
        chain.succession(successor_cds=BETWEEN, succession_date="2019-07-01"),
    )
    add_merged_districts(source, reference)
    with Workplace(source, raw_cache, folder / "out", reference).decide() as connection:
        yield connection


@pytest.fixture(scope="module")
def place(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """Prepare all workbooks of CDE.

    They contain the district itself, a pair without a succession on record, and a district whose predecessor has a code
    and name that no file has.
    """
    folder = tmp_path_factory.mktemp("place")
    source, reference = folder / "source", reference_copy(folder / "reference")
    shutil.copytree(SAMPLE, source)
    alone, unlisted = PAIRS["alone"], PAIRS["in no file"]
    add_twins(source, CODE, NAME, {alone.code: alone.name, unlisted.code: unlisted.name})
    moved(source, PAIR, alone)
    named = unlisted.succession(predecessor_name="King City Union High")
    add_rows(reference, "successions", SUCCESSION, named)
    with (reference / "reference" / "coe_providers.csv").open("a") as stream:
        stream.write("27,Monterey,Kern COE,2024-07-01,,a letter,a letter names the provider,high,a letter\n")
    return Workplace(source, raw_cache, folder / "out", reference)


@pytest.fixture(
    scope="module", params=["without CDE's later workbooks", pytest.param("with them", marks=pytest.mark.slow)]
)
def merged(
    request: pytest.FixtureRequest, raw_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    if request.param.startswith("without"):
        yield request.getfixturevalue("decided")
        return
    folder = tmp_path_factory.mktemp("merged")
    source, reference = folder / "source", reference_copy(folder / "reference")
    shutil.copytree(SAMPLE, source)
    add_merged_districts(source, reference)
    with Workplace(source, raw_cache, folder / "out", reference).decide() as connection:
        yield connection


@pytest.mark.slow
@pytest.mark.parametrize("year", TAKEN_IN)
def test_a_missing_row_of_a_merged_district_is_unknown(merged: duckdb.DuckDBPyConnection, year: int) -> None:
    """It was listed in the other years, so it is not the later merged district under another code."""
    pair, _ = TAKEN_IN[year]
    known = "select bool_or(meets_criteria), any_value(listed) from student_group_history where (cds, dashboard_year) ="
    met, listed = merged.execute(f"{known} (?, ?)", [pair.code, year]).fetchone()
    assert (met, listed in (True, None)) == (None, True)
    if year > 2017:  # it was listed under this code before
        told = "select count(*) from predecessor_years where cds = ? and dashboard_year = ?"
        assert merged.execute(told, [pair.code, year]).fetchone() == (0,)
    for (reason,) in merged.execute("select reason from eligibility where cds = ?", [pair.code]).fetchall():
        assert "do not list this district under this code" not in reason
    changed = merged.execute(
        "select determination_year from eligibility where cds = ? and pathway = 'continuum' and status ="
        " 'not_eligible' and decided_by like 'computed%' and determination_year = 2023",
        [pair.code],
    )
    assert year == 2017 or changed.fetchall() == []  # the sample's flag of 2023 is Y; 2017 is not in that window


@pytest.fixture(scope="module")
def released(place: Workplace) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the release of this place."""
    run, connection = decided_run(place)
    with connection:
        yield connection
    run.finish()


def rows_of_check(name: str, db: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    query = next(c.query for c in load_checks() if c.check_id == name)
    return db.execute(query).fetchall()


def contradictions(db: duckdb.DuckDBPyConnection, pair: Pair) -> list[tuple[object, ...]]:
    """Return how the files contradict its succession, by year."""
    found = [row for row in rows_of_check("successions_follow_files", db) if row[0] == pair.code]
    assert {row[2] for row in found} <= {pair.former}
    return [(row[5], row[6]) for row in found]


def continuum(db: duckdb.DuckDBPyConnection, pair: Pair, year: int = 2023) -> tuple[str, str | None, str]:
    """Return the Continuum verdict: its status, who decided it, and why."""
    query = "select status, decided_by, reason from eligibility where (cds, determination_year, pathway) = (?, ?, ?)"
    (verdict,) = db.execute(query, [pair.code, year, "continuum"]).fetchall()
    return verdict


def test_a_missing_succession_reports_its_years_and_the_pair(
    decided: duckdb.DuckDBPyConnection,
) -> None:
    alone = PAIRS["alone"]
    status, decided_by, reason = continuum(decided, alone)
    assert (status, decided_by) == ("not_eligible", "computed_from_letters")
    assert (
        "CDE's files of 2018 and 2019 do not list this district under this code, and no predecessor is on record"
        in reason
    )
    years = "select distinct dashboard_year from student_group_history where cds = ? and listed is false order by 1"
    assert decided.execute(years, [alone.code]).fetchall() == [(2017,), (2018,), (2019,)]


def test_codes_with_one_name_are_reported_until_a_succession_is_recorded(decided: duckdb.DuckDBPyConnection) -> None:
    named = {(row[4], row[0]) for row in rows_of_check("codes_of_one_name", decided)}
    assert named == {(PAIRS[which].former, PAIRS[which].code) for which in ("alone", "rejected")}


def test_a_status_carried_over_from_a_former_code_leaves_it_undetermined(
    released: duckdb.DuckDBPyConnection,
) -> None:
    """Without a predecessor on record, the earlier row is missing, not absent: CDE's flag answers, or nothing does."""
    alone = PAIRS["alone"]
    assert continuum(released, alone)[:2] == ("eligible", "cde")
    ((code, *_, former),) = [row[:5] for row in rows_of_check("codes_of_one_name", released)]
    assert (former, code) == (alone.former, alone.code)


def test_verdicts_that_a_predecessor_would_change_are_not_determined(decided: duckdb.DuckDBPyConnection) -> None:
    pair = PAIRS["fine"]
    status, decided_by, reason = continuum(decided, pair)
    assert (status, decided_by) == ("undetermined", None)
    assert reason.startswith(
        "By the results under this code alone the answer is no, and the results under the earlier code"
    )
    assert f"{pair.name} ({pair.former})" in reason
    own = decided.execute(
        "select dashboard_year, student_groups from predecessor_years where cds = ? order by 1", [pair.code]
    ).fetchall()
    letters = decided.execute(
        "select dashboard_year, list(student_group order by student_group) from assistance_letters where cds = ?"
        " and letter is not null group by 1",
        [pair.former],
    ).fetchall()
    assert {year: groups for year, groups in own if groups} == dict(letters)
    assert any(groups for _, groups in own)


def test_cdes_flag_decides_when_a_predecessor_would_change_the_verdict(
    released: duckdb.DuckDBPyConnection,
) -> None:
    status, decided_by, reason = continuum(released, PAIR)
    assert (status, decided_by) == ("eligible", "cde")
    assert reason.startswith(
        "CDE's flag EC52072_2023 is Y. It is the verdict, because the results under the earlier code"
    )
    assert "would change the no that this code alone gives" in reason
    assert released.execute(
        "select count(*) from eligibility where cds = ? and agrees_with_cde is false", [CODE]
    ).fetchone() == (0,)


def test_a_rejected_succession_leaves_its_lea_undetermined(decided: duckdb.DuckDBPyConnection) -> None:
    status, _, reason = continuum(decided, PAIRS["rejected"])
    assert status == "undetermined"
    assert "a predecessor whose record was rejected" in reason


def test_consecutive_years_of_a_predecessor_count_the_same_way(decided: duckdb.DuckDBPyConnection) -> None:
    pair = PAIRS["fine"]
    query = (
        "select status, reason from assistance where cds = ? and determination = 'consecutive' and determination_year ="
        " 2023"
    )
    status, reason = decided.execute(query, [pair.code]).fetchone()
    joined = decided.execute(
        "select count(*) from consecutive_groups where cds = ? and determination_year = 2023 and may_count_joined",
        [pair.code],
    ).fetchone()
    assert status == ("undetermined" if joined != (0,) else "not_eligible")
    assert joined != (0,)
    assert f"{pair.name} ({pair.former})" in reason


@pytest.mark.parametrize("day", STILL_LISTED)
def test_a_predecessor_listed_after_its_last_day_leaves_it_undetermined(
    decided: duckdb.DuckDBPyConnection, day: str
) -> None:
    """A wrong day leaves the years after it without an owner, which is not a "no"."""
    pair = PAIRS["still listed", day]
    status, decided_by, reason = continuum(decided, pair)
    assert (status, decided_by) == ("undetermined", None)
    assert f"{pair.name} ({pair.former})" in reason
    years = [year for year in (2017, 2018, 2019) if f"{year}-06-30" >= day]
    assert contradictions(decided, pair) == [(y, "still_listed") for y in years]
    said = decided.execute(
        "select sentence from predecessor_years where cds = ? and dashboard_year = 2019", [pair.code]
    ).fetchall()
    listed = f"2019: {pair.name} ({pair.former}) is still listed; by the register its code ended before {day}"
    assert said == [(listed,)]


@pytest.mark.parametrize(("file", "year", "determination"), GAPS)
def test_a_gap_between_two_codes_is_not_determined(
    decided: duckdb.DuckDBPyConnection, file: str, year: int, determination: int
) -> None:
    """Neither code has a row in a workbook after the day of the succession."""
    pair = PAIRS["gap", year]
    assert continuum(decided, pair, determination)[0] == "undetermined"
    assert (year, "gap") in contradictions(decided, pair)
    ((groups, unknown, sentence),) = decided.execute(
        "select len(student_groups), len(student_groups_unknown), sentence from predecessor_years where cds = ? and"
        " dashboard_year = ?",
        [pair.code, year],
    ).fetchall()
    assert (groups, unknown > 10) == (0, True)
    assert sentence.endswith(f"this code began on {year - 1}-07-01. The results are not determined")


@pytest.mark.parametrize(("day", "kind", "years"), EARLY)
def test_a_new_code_listed_before_its_first_day_is_reported(
    decided: duckdb.DuckDBPyConnection, day: str, kind: str, years: list[int]
) -> None:
    assert contradictions(decided, PAIRS["early", day, kind]) == [(year, "listed_before") for year in years]


def test_a_succession_day_that_matches_the_files_gives_no_warning(decided: duckdb.DuckDBPyConnection) -> None:
    pair = PAIRS["fine"]
    assert contradictions(decided, pair) == []
    last = "select max(dashboard_year) from predecessor_years where cds = ?"
    assert decided.execute(last, [pair.code]).fetchone() == (2019,)


def test_a_chain_of_codes_reaches_the_first(decided: duckdb.DuckDBPyConnection) -> None:
    chain = PAIRS["chain"]
    found = decided.execute(
        "select dashboard_year, predecessor_cds from predecessor_years where cds = ? order by all", [chain.code]
    ).fetchall()
    assert [year for year, cds in found if cds == chain.former] == [2017, 2018, 2019]


def test_former_codes_and_names_find_the_lea(
    released: duckdb.DuckDBPyConnection, capsys: pytest.CaptureFixture[str]
) -> None:
    assert find_lea(released, NAME).cds == CODE  # both codes have the name; the result is the present code
    assert find_lea(released, FORMER).cds == FORMER
    with pytest.raises(NotFoundError):
        find_lea(released, "30647660000001")
    console = Console(width=160)
    leas = [find_lea(released, CODE), find_lea(released, FORMER)]
    present, former = collect(released, read_book(released), leas, 2024)
    show_report(console, present, False)
    shown = capsys.readouterr().out
    assert f"2019: not listed under this code; as {NAME} ({FORMER}):" in shown
    show_report(console, former, False)
    assert f"It continues as {NAME} ({CODE})." in capsys.readouterr().out


@pytest.mark.slow
def test_pages_show_and_find_former_codes(without_contracts: None, place: Workplace, tmp_path: Path) -> None:
    with_pages = replace(place, out=tmp_path / "out")
    assert with_pages.publish().outcome == "published"
    site = with_pages.out / "current" / "reports"
    page = (site / "lea" / f"{CODE}.html").read_text("utf-8")
    for year in (2017, 2018, 2019):
        assert (
            f'data-predecessor="{FORMER}" data-year="{year}">{year}: not listed under this code; as {NAME} ({FORMER}):'
            in page
        )
    assert f'<a href="{FORMER}.html">Its page</a>' in page
    assert '<span class="quiet">not listed under this code</span>' in page
    former = (site / "lea" / f"{FORMER}.html").read_text("utf-8")
    assert f"This code ended on July 1, 2021: it moved to another county. It continues as {NAME} ({CODE})." in former
    assert f"formerly also {NAME} ({FORMER})" in (site / "assets" / "rows" / "2024.js").read_text("ascii")
    office = (site / "lea" / "27102720000000.html").read_text("utf-8")
    assert "Assistance provider: Kern COE (from July 1, 2024)" in office
    assert "Criteria met; CCEE&#39;s determination: not recorded." in office


def test_a_former_code_in_no_file_finds_its_successor(released: duckdb.DuckDBPyConnection) -> None:
    pair = PAIRS["in no file"]
    for asked in (pair.former, pair.former[:7], "King City Union High"):
        assert find_lea(released, asked).cds == pair.code


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"successor_cds": FORMER}, "an LEA does not follow itself"),
    ({"kind": "charter_moved"}, "which does not fit charter_moved"),
    (
        {"predecessor_cds": "40102720000000", "predecessor_name": "San Luis Obispo County Office of Education"},
        "the codes are those of a county office",
    ),
    ({"predecessor_cds": "27660690000000"}, "both codes are of one county"),
    ({"succession_date": "2090-07-01"}, "the day is in the future"),
    ({"source_url": "a letter"}, "an address of a web page is needed"),
]


@pytest.mark.parametrize(("changes", "sentence"), REFUSED, ids=[s for _, s in REFUSED])
def test_impossible_rows_are_refused(changes: dict[str, str], sentence: str, tmp_path: Path) -> None:
    from transforms.registers.load import check_registers

    folder = reference_copy(tmp_path / "reference")
    add_rows(folder, "successions", SUCCESSION | changes)
    assert sentence in "\n".join(map(str, check_registers(folder)["successions"].problems))


def in_year_2_under_a_new_code(source: Path, *pairs: Pair) -> None:
    """Give the rows of 2024 of these districts another code, in every file of that year."""
    codes = {p.former: p.code for p in pairs} | {p.former[:7]: p.code[:7] for p in pairs}
    for path in source.glob("*2024.txt"):
        content = path.read_bytes()
        for pair in pairs:
            content = content.replace(pair.former.encode(), pair.code.encode())
        path.write_bytes(content)
    for path in [*source.glob("Pr*2024.xlsx"), source / "assistancestatus24.xlsx"]:
        book = openpyxl.load_workbook(path)
        for row in (r for s in book.worksheets for r in s.iter_rows() if any(str(c.value) in codes for c in r)):
            for cell in row:
                cell.value = codes.get(str(cell.value), cell.value)
        book.save(path)


# The district with a succession on record, and its twin.
KING_CITY = {
    True: Pair("27660510000000", "27660500000000", "King City Union"),
    False: Pair("27660530000000", "27660520000000", "A Twin of King City"),
}


@pytest.fixture(
    scope="module", params=[False, pytest.param(True, marks=pytest.mark.slow)], ids=["without CDE", "with CDE"]
)
def year_2(
    request: pytest.FixtureRequest, raw_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[bool, duckdb.DuckDBPyConnection]]:
    """Both met a method on the Dashboard before their code changed, and assistance lasts two years."""
    folder = tmp_path_factory.mktemp("year2")
    source, reference = Path(shutil.copytree(SAMPLE, folder / "source")), reference_copy(folder / "reference")
    known, twin = KING_CITY[True], KING_CITY[False]
    books = ("assistancestatus*.xlsx", "Pr*2024.xlsx")
    add_twins(source, known.former, known.name, {twin.former: twin.name}, books)
    in_year_2_under_a_new_code(source, known, twin)
    if not request.param:
        (source / "assistancestatus24.xlsx").unlink()
    for pair in (known, twin):
        row = {"cds": pair.code, "lea_name": pair.name, "school_year": "2023-24", "certified_on_time": "Y"}
        add_rows(reference, "calpads", row | {"certified_on": "", "source_url": "https://example.org", "note": ""})
    add_rows(reference, "successions", known.succession(succession_date="2024-07-01", kind="unification"))
    with Workplace(source, raw_cache, folder / "out", reference).decide() as connection:
        yield request.param, connection


@pytest.mark.parametrize("on_record", KING_CITY)
def test_year_2_under_a_new_code_considers_the_former_code(
    year_2: tuple[bool, duckdb.DuckDBPyConnection], on_record: bool
) -> None:
    (with_cde, db), pair = year_2, KING_CITY[on_record]
    ((status, year, decided_by, reason),) = db.execute(
        "select status, assistance_year, decided_by, reason from assistance where cds = ? and determination_year ="
        " 2024 and determination = 'differentiated_assistance'",
        [pair.code],
    ).fetchall()
    if with_cde:  # CDE's workbook states under the new code that it was in Year 1
        assert (status, year, decided_by) == ("eligible", 2, "cde")
        return
    assert (status, year, decided_by) == (
        ("undetermined", None, None) if on_record else ("not_eligible", None, "computed_from_indicators")
    )
    follows = f"{pair.name} ({pair.former}), which this district follows, met a method on the 2023 Dashboard"
    assert (follows in reason) == on_record


MOVED_CHARTER = {
    # groups that met the criteria under the earlier code in 2023, and under the new one in 2024: the verdict
    "the same group": (("EL",), ("EL",), "undetermined"),
    "another group": (("HI",), ("EL",), "undetermined"),
    "none before": ((), ("EL",), "not_eligible"),
    "none now": (("EL",), (), "not_eligible"),
}


@pytest.mark.slow
def test_a_charter_school_with_a_new_code_considers_its_former_code(tmp_path: Path, raw_cache: Path) -> None:
    boards, reference = Dashboards(), reference_copy(tmp_path / "reference")
    moved_charters = {}
    for n, (which, (before, now, _)) in enumerate(MOVED_CHARTER.items()):
        old, new = f"27661590{n}12177", f"27659870{n}12177"
        boards.charters |= {old, new}
        for year, code, met in ((2022, old, ()), (2023, old, before), (2024, new, now)):
            for group in ("EL", "HI"):
                color = 1 if group in met else 3
                boards.put(year, code, group, ela=color, math=color, susp=color, chronic=3)
        name = f"Charter {old[7:]}"
        own = {
            "predecessor_cds": old,
            "successor_cds": new,
            "predecessor_name": name,
            "successor_name": f"Charter {new[7:]}",
        }
        add_rows(
            reference, "successions", SUCCESSION | own | {"kind": "charter_moved", "succession_date": "2024-07-01"}
        )
        moved_charters[which] = old, new
    boards.write(tmp_path / "source")
    db = Workplace(tmp_path / "source", raw_cache, tmp_path / "out", reference).decide()
    assert db.execute("select * from register_rejects").fetchall() == []
    for which, (old, new) in moved_charters.items():
        status, reason = db.execute(
            "select status, reason from assistance where cds = ? and determination = 'charter' and determination_year ="
            " 2024",
            [new],
        ).fetchone()
        assert (which, status) == (which, MOVED_CHARTER[which][2])
        assert (f"those under the earlier code (Charter {old[7:]} ({old})) would change it" in reason) == (
            status == "undetermined"
        )


@pytest.mark.parametrize(
    ("day", "statuses"),
    [
        ("2023-07-01", {"not_assessed"}),  # before the school year of the 2024 Dashboard
        pytest.param("2024-07-01", {"eligible", "undetermined"}, marks=pytest.mark.slow),  # the row may be lost
    ],
)
def test_a_code_that_ended_before_the_newest_workbook_gets_no_assistance_from_it(
    day: str, statuses: set[str], raw_cache: Path, tmp_path: Path
) -> None:
    source, reference = tmp_path / "source", reference_copy(tmp_path / "reference")
    source.mkdir()
    for book in SAMPLE.glob("assistancestatus*.xls*"):
        shutil.copy2(book, source)
    assert drop_rows(source / "assistancestatus24.xlsx", [CODE]) == 1
    follows = {"predecessor_cds": CODE, "successor_cds": "27999990000000", "succession_date": day}
    add_rows(reference, "successions", SUCCESSION | follows | {"kind": "unification", "successor_name": "New Unified"})
    with Workplace(source, raw_cache, tmp_path / "out", reference).decide() as db:
        found = db.execute(
            "select status from eligibility where cds = $1 and determination_year = 2024 and pathway = 'continuum'"
            " union select status from assistance where cds = $1 and determination_year = 2024",
            [CODE],
        ).fetchall()
    assert {status for (status,) in found} == statuses
