"""Every term in CDE's files is read as CDE writes it; an unknown term rejects its row, which never counts as "no"."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import openpyxl
import pytest

from tests.pipeline.test_low_performing import GOALS, REDS, write_goals, write_reds
from tests.workplace import SAMPLE, STATE, Workplace
from transforms.inputs import load_macros, load_reference
from transforms.settings import PROJECT


@pytest.fixture(scope="module")
def words() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    load_reference(PROJECT / "data", connection)
    load_macros(connection)
    return connection


def group_of(words: duckdb.DuckDBPyConnection, said: str) -> str | None:
    row = words.execute(
        "select student_group from student_group_words where written = lower(squeezed(?))", [said]
    ).fetchone()
    return None if row is None else str(row[0])


@pytest.mark.parametrize(
    ("said", "group"),
    [
        ("Black/African American", "AA"),
        ("American Indian or Alaskan Native", "AI"),
        ("Hispanic", "HI"),
        ("Two or More Race", "MR"),
        ("TOM", "MR"),
        ("English Learner", "EL"),
        ("english  learners", "EL"),
        ("Long-Term English Learner", "LTEL"),
        ("Homeless\u00a0Youth", "HOM"),
        ("Students with Disabilities", "SWD"),
        ("Socioeconomically Disadvantaged", "SED"),
        ("swd", "SWD"),
        ("Nobody", None),
    ],
)
def test_every_term_for_a_student_group_is_read(words: duckdb.DuckDBPyConnection, said: str, group: str | None) -> None:
    assert group_of(words, said) == group


def test_no_word_means_two_groups(words: duckdb.DuckDBPyConnection) -> None:
    assert words.execute("select written from student_group_words group by 1 having count(*) > 1").fetchall() == []
    unknown = "select student_group from ref_student_group_names anti join ref_student_groups using (student_group)"
    assert words.execute(unknown).fetchall() == []


def groups_named(path: Path) -> list[set[str]]:
    """Return the words of each row of the list, read without the pipeline."""
    sheet = openpyxl.load_workbook(path, data_only=True).active
    assert sheet is not None
    return [
        {w.strip() for w in str(row[2]).replace(";", ",").split(",")}
        for row in sheet.iter_rows(min_row=7, values_only=True)
        if row[2]
    ]


@pytest.mark.parametrize("file", sorted(p.name for p in SAMPLE.iterdir() if p.suffix in (".txt", ".xlsx")))
def test_no_row_of_the_sample_is_rejected(db: duckdb.DuckDBPyConnection, file: str) -> None:
    assert db.execute(
        "select rows_in = rows_kept, rows_rejected, len(notes) from meta_sources where file = ?", [file]
    ).fetchall() == [(True, 0, 0)]


def edited(path: Path, change: Callable[[list[str], list[list[object]]], None]) -> None:
    """Change the header (a list of headings) and the rows of the table of a workbook."""
    book = openpyxl.load_workbook(path)
    sheet = next((s for s in book if s.title.startswith("District and COE")), book.worksheets[0])
    at = next(
        n
        for n, row in enumerate(sheet.iter_rows(values_only=True), 1)
        if "cds" in [str(c).lower() for c in row] or "cdsCode" in row
    )
    headings = [str(c.value or "") for c in sheet[at]]
    rows: list[list[object]] = [[c.value for c in row] for row in sheet.iter_rows(min_row=at + 1)]
    change(headings, rows)
    for n, row in enumerate(rows, at + 1):
        for i, value in enumerate(row, 1):
            sheet.cell(n, i).value = value  # type: ignore[assignment]
    book.save(path)


def letters(row: list[object], headings: list[str]) -> dict[str, object]:
    return {h: row[i] for i, h in enumerate(headings) if h.endswith("priorities")}


# Damage to an LEA in the workbook of 2024, each to a different LEA, and the reason of the reject. The first cases need
# letters; the workbook has seven LEAs with letters.
SPOILED: dict[str, tuple[str, object, str]] = {
    "letter_too_many": ("AApriorities", "A", "the row has"),
    "total_too_low": ("TotalStudentGroups", "0", "the row has"),
    "method_1_denied": ("MetMethod1", "N", "Method 1 is met exactly where a student group has a letter"),
    "status_against_method": (
        "AssistanceStatus2024",
        "General Assistance",
        "a method is met, and the status says that there is no assistance",
    ),
    "unknown_letter": ("SWDpriorities", "Z", "a priority letter is A to K, or blank"),
    "blank_letter": ("AApriorities", None, "the cell is empty; from 2019 on CDE writes * where there is no letter"),
    "total_blank": ("TotalStudentGroups", "*", "the cell is empty"),
    "method_blank": ("MetMethod2", None, "a flag is Y or N"),
    "flag_unknown": ("EC52072_2024", "Yes", "a flag is Y or N"),
    "flag_blank": ("EC52072_2024", "*", "a flag is Y or N"),
    "status_unknown": ("AssistanceStatus2024", "Some Assistance", "this status of assistance is not known"),
    "status_blank": ("AssistanceStatus2024", "*", "the status of the year is empty"),
    "status_of_another_year_unknown": ("AssistanceStatus2022", "?", "this status of assistance is not known"),
    "no_name": ("LEAname", " ", "the cell is empty"),
    "another_year": ("ReportYear", "2023", "the row is of another year than the file name says"),
    "lost_zero": ("CDS", "7102720000000", "a CDS code has 14 digits"),
}


@dataclass
class Changed:
    """One folder with an added list and changed rows in three workbooks, and a record of the changes."""

    db: duckdb.DuckDBPyConnection
    spoiled: dict[str, str]  # the LEA of each case of SPOILED
    written: list[object]  # words with changed case and blanks
    answered: list[str]  # LEAs with an unknown local answer


@pytest.fixture(scope="module")
def changed(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Changed]:
    folder = tmp_path_factory.mktemp("changed")
    place = Workplace(shutil.copytree(SAMPLE, folder / "source"), raw_cache, folder / "out")
    shutil.copy(STATE / GOALS, place.source / GOALS)
    spoiled: dict[str, str] = {}
    written: list[object] = []
    answered: list[str] = []

    def spoil(headings: list[str], rows: list[list[object]]) -> None:
        def has_letters(row: list[object]) -> bool:
            return bool(set(letters(row, headings).values()) - {"*", None})

        free = sorted((r for r in rows if r[headings.index("AApriorities")] == "*"), key=has_letters, reverse=True)
        for (case, (column, value, _)), row in zip(SPOILED.items(), free, strict=False):
            spoiled[case] = str(row[headings.index("CDS")])
            row[headings.index(column)] = value

    def respell(headings: list[str], rows: list[list[object]]) -> None:
        for column in ("SWDpriorities", "MetMethod1", "AssistanceStatus2023"):
            at = headings.index(column)
            row = next(r for r in rows if str(r[at]).strip("*"))
            written.append(row[at])
            row[at] = f" {str(row[at]).lower().replace(' ', '  ')} "

    def answer(headings: list[str], rows: list[list[object]]) -> None:
        for row, value in zip(rows[2:5], (None, "Partly", "met?"), strict=True):
            answered.append(str(row[headings.index("cdsCode")]))
            row[headings.index("countyPerformance")] = value

    edited(place.source / "assistancestatus24.xlsx", spoil)
    edited(place.source / "assistancestatus23.xlsx", respell)
    edited(place.source / "Pr12024.xlsx", answer)
    with place.decide("core") as db:
        yield Changed(db, spoiled, written, answered)


@pytest.mark.slow
def test_every_row_of_cdes_list_of_january_2023_is_read(changed: Changed, words: duckdb.DuckDBPyConnection) -> None:
    rows, db = groups_named(STATE / GOALS), changed.db
    counted = db.execute(
        "select f.rows_in, k.rows_kept from source_files f join source_rows k using (source_id) where f.layout ="
        " 'lcap_goals'"
    ).fetchall()
    rejected = db.execute("select * from rejects where source_id = 'lcap-goals-2022'").fetchall()
    kept = db.execute(
        "select cds, list(student_group order by student_group) from low_performing where listed_for = 'ec52064e5'"
        " group by cds"
    ).fetchall()
    assert (len(rows), counted, rejected) == (132, [(132, 132)], [])
    assert sorted(tuple(groups) for _, groups in kept) == sorted(
        tuple(sorted(str(group_of(words, w)) for w in row)) for row in rows
    )


def test_an_unclear_or_contradictory_workbook_row_is_rejected(changed: Changed) -> None:
    db, spoiled = changed.db, changed.spoiled
    assert spoiled.keys() == SPOILED.keys()
    reasons = db.execute("select cds, reason from rejects where file = 'assistancestatus24.xlsx'").fetchall()
    kept = db.execute("select count(*) from assistance_leas where dashboard_year = 2024").fetchall()
    shown = db.execute(
        "select count(*) from assistance_letters where dashboard_year = 2024 and list_contains(?, cds)",
        [list(spoiled.values())],
    ).fetchall()
    told = {case: "0" + str(SPOILED[case][1]) if SPOILED[case][0] == "CDS" else cds for case, cds in spoiled.items()}
    for case, cds in told.items():
        assert any(c == cds and r.startswith(SPOILED[case][2]) for c, r in reasons), (case, reasons)
    assert {cds for cds, _ in reasons} == set(told.values())
    assert (kept, shown) == ([(25 - len(SPOILED),)], [(0,)])


def test_case_and_surrounding_blanks_do_not_matter(changed: Changed) -> None:
    db = changed.db
    assert db.execute("select count(*) from rejects where file = 'assistancestatus23.xlsx'").fetchall() == [(0,)]
    for word in changed.written:
        assert db.execute(
            "select 1 from assistance_letters where letter = ? and dashboard_year = 2023 union all select 1 from"
            " assistance_flags where value = ? and dashboard_year = 2023",
            [word, word],
        ).fetchall()


def test_an_unknown_local_answer_rejects_its_row(changed: Changed) -> None:
    found = changed.db.execute(
        "select distinct file, cds, column_name from rejects where file like 'Pr%' order by all"
    ).fetchall()
    assert found == sorted(("Pr12024.xlsx", cds, "performance") for cds in changed.answered)
    query = (
        "select count(*), count(*) filter (list_contains(?, cds)) from local_indicators where dashboard_year = 2024"
        " and priority = 1"
    )
    assert changed.db.execute(query, [changed.answered]).fetchall() == [(33 - len(changed.answered), 0)]


def goals_found(db: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Return the LEAs for which we find a goal, with the groups, as far as CDE's list is compared."""
    named = "string_agg(split_part(flag, ':', 2), ',' order by flag)"
    where = "flag like 'ec52064e5:%' and ours = 'Y'"
    rows = db.execute(f"select cds, {named} from reconciliation where {where} group by 1 order by 1").fetchall()
    return [(str(cds), str(groups)) for cds, groups in rows]


@pytest.fixture(scope="module")
def with_rejected_red(
    published: Workplace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open CDE's list of reds with only a rejected row for the first LEA; every row of the list of goals is good."""
    folder = tmp_path_factory.mktemp("lists")
    source = shutil.copytree(SAMPLE, folder / "source")
    with duckdb.connect(str(published.out / "current" / "dta.duckdb"), read_only=True) as db:
        reds = reds_of(db)
    first = reds[0][0]
    kept = {(cds, group): (cds, group, {indicator}) for cds, group, indicator in reds if cds != first}
    write_reds(source, [*kept.values(), (first, "XX", {"ela"})])
    write_goals(source, [("27661590000000", "White"), ("27102720000000", "White")])
    with Workplace(source, published.work, folder / "out").decide() as connection:
        yield connection


def reds_of(db: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    return db.execute(
        "select cds, student_group, indicator from evidence where dashboard_year = 2023 and finding = 'result' and"
        " level = 1 order by all"
    ).fetchall()


@pytest.mark.parametrize("how", ["group", *(pytest.param(h, marks=pytest.mark.slow) for h in ("no_code", "half_code"))])
def test_a_rejected_row_of_a_list_does_not_count_as_no(
    workplace: Workplace, with_rejected_red: duckdb.DuckDBPyConnection, how: str
) -> None:
    """By its code, by no code, and by an unreadable code, which may mean any LEA."""
    ours = goals_found(with_rejected_red)
    assert len(ours) >= 2, "the sample has LEAs that CDE must have listed"
    (first, groups), *others = ours
    rejected, silent = {
        "group": ((first, "Nobody"), others),
        "no_code": (("", "White"), []),
        "half_code": ((first[:5], groups), []),
    }[how]
    write_goals(workplace.source, [("27102720000000", "White"), rejected])
    with workplace.decide() as db:
        assert len(db.execute("select * from rejects where source_id = 'lcap-goals-2022'").fetchall()) >= 1
        assert goals_found(db) == silent


def test_a_rejected_row_of_the_list_of_reds_does_not_count_as_no(with_rejected_red: duckdb.DuckDBPyConnection) -> None:
    (first, *_), *_ = reds_of(with_rejected_red)
    assert with_rejected_red.execute("select cds from rejects").fetchall() == [(first,)]
    silent = with_rejected_red.execute(
        "select distinct cds = ? from reconciliation where flag like 'red:%' and class = 'only_ours'", [first]
    ).fetchall()
    assert (True,) not in silent
    files = "select count(*) from source_files where file = ?"
    assert with_rejected_red.execute(files, [REDS]).fetchall() == [(1,)]
