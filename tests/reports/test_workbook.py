"""The workbook has every row of the release, typed and inert, and the same bytes each time."""

import errno
import shutil
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
import xlsxwriter

from reports.figures import COLORS
from reports.published import open_release
from reports.workbook.cells import EXCEL_TEXT, Book, plain
from reports.workbook.sheets import OF_A_COUNTY, SHEETS
from reports.workbook.write import write_workbook
from tests.reports.conftest import HOSTILE, SALINAS
from tests.workplace import Workplace


@pytest.fixture(scope="module")
def workbook(published: Workplace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workbook") / "dta.xlsx"
    with open_release(published.out) as connection:
        write_workbook(connection, path, SHEETS, "Title")
    return path


@pytest.fixture(scope="module")
def book(workbook: Path) -> openpyxl.Workbook:
    """Return the workbook as another program reads it."""
    return openpyxl.load_workbook(workbook)


def rows_of(book: openpyxl.Workbook, sheet: str) -> list[dict[str, Any]]:
    head, *rows = book[sheet].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_every_sheet_has_frozen_headings_filters_and_every_row(book: openpyxl.Workbook, published: Workplace) -> None:
    assert book.sheetnames == ["About", *(sheet.name for sheet in SHEETS)]
    assert {"Eligibility", "Assistance", "Groups", "Loans", "Changes", "Watch list", "Reconciliation"} <= set(
        book.sheetnames
    )
    with open_release(published.out) as connection:
        counted = {
            "Eligible": "select count(*) from eligible_districts",
            "Eligibility": "select count(*) from eligibility where determination_year = 2024",
            "Assistance": "select count(*) from assistance where determination_year = 2024",
            "Groups": (
                "select count(*) from continuum_groups where determination_year = 2024 and (len(years_met) > 0 or"
                " may_count)"
            ),
            "Loans": "select count(*) from loan_states where determination_year = 2024",
            "Reconciliation": (
                "select count(*) from reconciliation where dashboard_year = 2024 or class not in ('agree',"
                " 'not_comparable')"
            ),
            "Watch list": "select count(*) from watch_list",
            "Changes": "select count(*) from changes",
            "Dictionary": "select count(*) from meta_columns",
        }
        expected = {name: connection.execute(query).fetchall()[0][0] for name, query in counted.items()}
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.print_area.replace("$", "").endswith(sheet.dimensions)
        assert sheet.max_row - 1 == expected.get(sheet.title, sheet.max_row - 1)
    about = [row for row in book["About"].iter_rows(values_only=True) if row[0]]
    assert any("not an official designation" in str(row[0]) for row in about)
    assert {row[0]: row[2] for row in about if row[0] in expected} == expected
    assert any(row[0] == "eladownload2023.txt" for row in about)


def test_the_evidence_sheet_matches_the_release(book: openpyxl.Workbook, published: Workplace) -> None:
    rows = [
        r
        for r in rows_of(book, "Evidence")
        if r["CDS code"] == SALINAS and r["Student group"] == "Long-term English learners"
    ]
    assert {
        r["Indicator"]: (r["Level"], r["Status"], r["Change"], r["Change is"], r["Students"], r["Met a criterion"])
        for r in rows
        if r["Dashboard"] == 2024
    }["Mathematics"] == ("Red", -171, 2.1, "maintained", 1294, "yes")
    sheet = book["Evidence"]
    fills = {sheet.cell(n, 8).value: sheet.cell(n, 8).fill.fgColor.rgb for n in range(2, sheet.max_row + 1)}
    words = dict(zip(("Red", "Orange", "Yellow", "Green", "Blue"), range(1, 6), strict=True))
    assert set(words) <= set(fills)
    assert all(fills[word] == f"FF{COLORS[n][0][1:].upper()}" for word, n in words.items())
    with open_release(published.out) as connection:
        (n,) = connection.execute(
            "with counted as (select cds, unnest(if(lea_type = 'charter', [2023, 2024], [2019, 2022, 2023, 2024])) as"
            " dashboard_year from leas) select count(*) from evidence where finding = 'result' and (cds,"
            " dashboard_year) in (from counted) and (cds, student_group) in (select (cds, student_group) from"
            " student_group_history where meets_criteria and (cds, dashboard_year) in (from counted))"
        ).fetchall()[0]
    assert len(rows_of(book, "Evidence")) == n > 500


def test_codes_are_text_and_days_are_dates(book: openpyxl.Workbook) -> None:
    salinas = [r for r in rows_of(book, "Eligibility") if r["CDS code"] == SALINAS]
    assert len(salinas) == 6
    assert {type(r["CDS code"]) for r in salinas} == {str}
    assert {r["Status"] for r in salinas} == {"○ not eligible", "– not assessed"}
    assert all(r["As of"].year >= 2025 for r in salinas if r["As of"])


def test_every_wrapped_text_fits_its_row(book: openpyxl.Workbook) -> None:
    for sheet in book.worksheets:
        widths = {n: c.width for c in sheet.column_dimensions.values() for n in range(c.min, c.max + 1)}
        for n, row in enumerate(sheet.iter_rows(max_row=200), 1):
            lines = [
                -(-len(str(c.value)) // widths[c.column]) for c in row if c.value is not None and c.alignment.wrap_text
            ]
            assert (sheet.row_dimensions[n].height or 15) >= min(12 * max(lines, default=1), 409), (sheet.title, n)


def test_lists_start_with_eligible_leas_and_use_words_for_codes(book: openpyxl.Workbook) -> None:
    statuses = [r["Status"].split()[0] for r in rows_of(book, "Eligibility")]
    assert statuses == sorted(statuses, key=lambda s: "●?".find(s) if s in "●?" else 2)
    for sheet in ("Eligibility", "Groups", "Watch list", "Changes"):
        codes = {"EL", "SWD", "HOM", "FOS", "SED", "AA", "HI"}
        for row in rows_of(book, sheet):
            assert not codes & {w.strip() for v in row.values() for w in str(v).split(",")}, (sheet, row)
    assert not [r for r in rows_of(book, "Reconciliation") if "_" in r["What is compared"]]


def test_values_only_from_cde_are_marked_without_color(published: Workplace, tmp_path: Path) -> None:
    shutil.copy(published.out / "current" / "dta.duckdb", tmp_path / "copy.duckdb")
    with duckdb.connect(str(tmp_path / "copy.duckdb")) as changed:
        changed.sql(
            "update reconciliation set class = 'only_cde', ours = 'N', cde = 'Y' where cds = (select min(cds) from"
            " reconciliation where flag = 'ec52072' and dashboard_year = 2024) and flag = 'ec52072' and dashboard_year"
            " = 2024"
        )
        write_workbook(changed, tmp_path / "x.xlsx", [s for s in SHEETS if s.name == "Reconciliation"], "Title")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["Reconciliation"]
    first, second = (next(sheet.iter_rows(min_row=n, max_row=n)) for n in (2, 3))
    assert (first[7].value, first[6].font.bold, first[6].border.left.style) == ("only CDE's", True, "medium")
    assert not second[6].font.bold


def test_no_name_becomes_a_formula_or_a_link(hostile: Path, tmp_path: Path) -> None:
    with open_release(hostile) as connection:
        write_workbook(connection, tmp_path / "x.xlsx", OF_A_COUNTY, "=1+1", "27")
    names = {r["LEA"] for r in rows_of(openpyxl.load_workbook(tmp_path / "x.xlsx"), "Eligibility")}
    assert HOSTILE in names
    with zipfile.ZipFile(tmp_path / "x.xlsx") as archive:
        for name in archive.namelist():
            assert b"<f>" not in archive.read(name)
            assert b"hyperlink" not in archive.read(name)


def test_the_same_release_gives_the_same_bytes(workbook: Path, published: Workplace, tmp_path: Path) -> None:
    with open_release(published.out) as connection:
        write_workbook(connection, tmp_path / "again.xlsx", SHEETS, "Title")
    assert (tmp_path / "again.xlsx").read_bytes() == workbook.read_bytes()


def test_rows_continue_on_another_sheet_and_cut_text_is_marked(tmp_path: Path) -> None:
    rows = [{"a": n, "b": "x" * 40_000 if n == 5 else True} for n in range(6)]
    with Book(tmp_path / "x.xlsx", "x", date(2026, 1, 1), rows=4) as book:
        assert book.table("Rows", [plain("A", 9, "a"), plain("B", 9, "b")], rows) == 6
    written = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert written.sheetnames == ["Rows", "Rows (2)"]
    assert [c.value for name in written.sheetnames for c in written[name]["A"][1:]] == list(range(6))
    cut = written["Rows (2)"]["B4"].value
    assert len(cut) == EXCEL_TEXT
    assert cut.endswith("longer than a cell may be)")


def test_a_full_disk_is_reported_as_a_system_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """xlsxwriter's own exception is not an OSError, and would cause a traceback."""

    def store(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(xlsxwriter.Workbook, "_store_workbook", store)
        with pytest.raises(OSError, match="No space left") as error, Book(tmp_path / "b", "T", date(2026, 1, 1)):
            pass
    assert error.value.errno == errno.ENOSPC
