"""Traps in workbooks: hidden sheets, errors, merged cells, headings in other places.

A row with a hidden part is rejected, never read as blank.
"""

import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from tests.contract.test_layouts import HEADERS, source_of
from tests.contract.writing import Rows, as_xls, as_xlsx, error_cell, merged
from transforms.errors import SourceError
from transforms.raw.table import RawTable
from transforms.raw.workbook import read_workbook
from transforms.rules.load import load_rules
from transforms.settings import PROJECT
from transforms.sources.layouts import load_layouts, needed_columns

LAYOUTS = load_layouts(PROJECT / "data")
RULES = {r.dashboard_year: r for r in load_rules(PROJECT / "data").years}
YEARS = {2017: "assistancestatus2017.xlsx", 2018: "assistancestatus18.xlsx", 2019: "assistancestatus19-rev.xlsx"} | {
    y: f"assistancestatus{y % 100}.xlsx" for y in (2022, 2023, 2024, 2025)
}
HEADER = ["CDS", "LEAname", "ELpriorities", "HOMpriorities"]
TABLE = [HEADER, *([f"0161119000000{n}", f"District {n}", "A", "*"] for n in range(1, 5))]
OTHER = [HEADER, *([f"2761119000000{n}", f"Other {n}", "*", "*"] for n in range(1, 5))]


def read(content: bytes, year: int = 2024) -> RawTable:
    return read_workbook(content, "book.xlsx", LAYOUTS.assistance, {"cds"}, year)


def changed(change: Callable[[openpyxl.Workbook], None], sheets: dict[str, Rows] | None = None) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(sheets or {"2024": TABLE})))
    change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def codes(raw: RawTable) -> list[str]:
    return [r["value"] for r in raw.table.to_pylist() if r["field"] == "cds"]


# ---- hidden sheets ----


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
@pytest.mark.parametrize("hidden", ["2024", "District and COE 2024"])
def test_a_hidden_sheet_is_never_read(state: str, hidden: str) -> None:
    """Neither for its name, which has the year, nor for its content."""

    def hide(book: openpyxl.Workbook) -> None:
        book[hidden].sheet_state = state

    raw = read(changed(hide, {hidden: OTHER, "Sheet1": TABLE}))
    assert codes(raw) == [r[0] for r in TABLE[1:]]


def test_a_hidden_sheet_of_an_old_workbook_is_never_read() -> None:
    assert codes(read(as_xls({"2024": OTHER, "Sheet1": TABLE}, hidden=("2024",)))) == [r[0] for r in TABLE[1:]]


@pytest.mark.parametrize("old", [True, False])
def test_a_workbook_with_a_hidden_table_is_refused(old: bool) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book["2024"].sheet_state = "hidden"

    sheets = {"Notes": [["x"]], "2024": TABLE}
    content = as_xls(sheets, hidden=("2024",)) if old else changed(hide, sheets)
    with pytest.raises(SourceError, match="no visible sheet has a header row with CDS; the sheets are Notes"):
        read(content)


def test_two_sheets_with_the_table_are_refused() -> None:
    with pytest.raises(SourceError, match="sheets 'First' and 'Second' both contain the table"):
        read(as_xlsx({"First": TABLE, "Second": OTHER}))


WIDE = [
    ["CDcode", "CDS", "LEAname", "Cityname", "Countyname", "Gsoffered", "ReportYear", "ELpriorities", "MetMethod1"],
    ["0110017", "01100170000000", "Alameda", "Hayward", "Alameda", "K-12", "2024", "A", "Y"],
]
COPIES = {  # of a sheet that has every heading
    "one heading more": [[*row, "EC52071f_2024" if n == 0 else "N"] for n, row in enumerate(WIDE)],
    "one heading fewer": [row[:3] + row[4:] for row in WIDE],
    "one heading renamed": [["City" if v == "Cityname" else v for v in row] for row in WIDE],
    "other letters": [["*" if v == "A" else v for v in row] for row in WIDE],
}


@pytest.mark.parametrize("copy", COPIES)
@pytest.mark.parametrize("first", [True, False])
def test_a_visible_copy_of_the_sheet_is_refused(copy: str, first: bool) -> None:
    sheets = {"District and COE 2024": WIDE, "District and COE 2024 (2)": COPIES[copy]}
    pattern = r"sheets 'District and COE 2024( \(2\))?' and 'District and COE 2024( \(2\))?' both contain the table"
    with pytest.raises(SourceError, match=pattern):
        read(as_xlsx(dict(sorted(sheets.items(), reverse=not first))))


@pytest.mark.parametrize("below", [0, 3, 40])
def test_a_second_table_below_the_first_is_refused(below: int) -> None:
    rows = [*WIDE, *[[""]] * below, *WIDE]
    with pytest.raises(SourceError, match=f"has the table twice: rows 1 and {below + 3} are headings"):
        read(as_xlsx({"District and COE 2024": rows}))


def test_a_sheet_that_only_lists_codes_is_not_a_copy() -> None:
    listed = [["CDS", "LEAname"], ["01100170000000", "Alameda"]]
    book = as_xlsx({"Codes": listed, "District and COE 2024": WIDE})
    assert read_workbook(book, "book.xlsx", LAYOUTS.assistance, {"cds", "letter:el"}, 2024).sheet.endswith("2024")


def test_the_sheet_of_the_year_is_preferred() -> None:
    assert codes(read(as_xlsx({"District and COE 2023": OTHER, "District and COE 2024": TABLE}))) == [
        r[0] for r in TABLE[1:]
    ]


# ---- errors ----


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?"])
@pytest.mark.parametrize("kind", ["e", "s"])
def test_a_row_with_an_error_cell_is_rejected(error: str, kind: str) -> None:
    def spoil(book: openpyxl.Workbook) -> None:
        book["2024"]["C3"].value = error
        book["2024"]["C3"].data_type = kind

    raw = read(changed(spoil))
    assert codes(raw) == [TABLE[n][0] for n in (1, 3, 4)]
    (reject,) = raw.rejects
    assert (reject.line, reject.column, reject.value, reject.cds) == (3, "ELpriorities", error, TABLE[2][0])
    assert reject.reason == "cell C3 contains an error"
    assert (raw.rows_in, raw.rows_kept) == (4, 3)


def test_a_row_with_an_error_cell_in_an_xls_is_rejected() -> None:
    raw = read(as_xls({"2024": TABLE}, extra_cells=error_cell(2, 3)))
    assert [(r.line, r.column, r.value, r.cds) for r in raw.rejects] == [(3, "HOMpriorities", "#N/A", TABLE[2][0])]
    assert codes(raw) == [TABLE[n][0] for n in (1, 3, 4)]


def test_an_error_cell_in_an_unread_column_is_ignored() -> None:
    def spoil(book: openpyxl.Workbook) -> None:
        book["2024"]["E1"], book["2024"]["E3"] = "Remark", "#N/A"
        book["2024"]["E3"].data_type = "e"

    assert read(changed(spoil)).rejects == []


def test_a_formula_without_a_stored_value_is_refused() -> None:
    def spoil(book: openpyxl.Workbook) -> None:
        book["2024"]["C3"] = '=IF(1=1,"A","*")'

    with pytest.raises(SourceError, match="cell C3 of sheet '2024' contains a formula"):
        read(changed(spoil))


# ---- merged cells ----


@pytest.mark.parametrize(("area", "lost"), [("C3:D3", [3]), ("C3:C4", [3, 4]), ("A2:D2", [2]), ("E3:F5", [3, 4, 5])])
def test_rows_with_merged_cells_are_rejected(area: str, lost: list[int]) -> None:
    raw = read(changed(lambda book: book["2024"].merge_cells(area)))
    assert [r.line for r in raw.rejects] == lost
    assert all(r.cds == TABLE[r.line - 1][0] for r in raw.rejects if area != "A2:D2")
    assert codes(raw) == [TABLE[n][0] for n in range(1, 5) if n + 1 not in lost]


def test_rows_with_merged_cells_in_an_xls_are_rejected() -> None:
    raw = read(as_xls({"2024": TABLE}, extra_cells=merged(2, 3)))
    assert [r.line for r in raw.rejects] == [3, 4]


def test_a_merged_title_is_ignored() -> None:
    raw = read(changed(lambda book: book["2024"].merge_cells("A1:D1"), {"2024": [["Title", "", "", ""], *TABLE]}))
    assert (raw.rejects, raw.rows_kept) == ([], 4)


def test_duplicate_workbook_rows_are_read_once() -> None:
    raw = read(as_xlsx({"2024": [*TABLE, TABLE[2], TABLE[1]]}))
    assert (raw.rows_in, raw.rows_kept) == (4, 4)
    assert raw.warnings == ["2 lines repeat another row in every cell; each is read once: 6, 7"]


# ---- headings ----


def workbook(year: int, columns: list[str]) -> bytes:
    name = YEARS[year]
    spec = LAYOUTS.of(source_of(name))
    known = {"cds": "01611190000000", "reporting_year": source_of(name).reporting_year}
    row = [known.get(spec.canonical(c) or "", "*") for c in columns]
    return as_xlsx({f"District and COE {year}": [columns, row]})


def read_year(year: int, columns: list[str]) -> RawTable:
    source = source_of(YEARS[year])
    spec = LAYOUTS.of(source)
    return read_workbook(workbook(year, columns), source.file, spec, needed_columns(source, spec, RULES), year)


def letters_of(year: int) -> list[str]:
    return [c for c in HEADERS[YEARS[year]] if (LAYOUTS.assistance.canonical(c) or "").startswith("letter:")]


@pytest.mark.parametrize("year", [y if y == 2024 else pytest.param(y, marks=pytest.mark.slow) for y in YEARS])
def test_a_workbook_needs_every_letter_column_of_its_year(year: int) -> None:
    columns = HEADERS[YEARS[year]]
    assert read_year(year, columns).rows_kept == 1
    assert len(letters_of(year)) == len(RULES[year].student_groups)
    for letter in letters_of(year):
        with pytest.raises(SourceError, match=rf"{YEARS[year]}.*lacks {LAYOUTS.assistance.canonical(letter)}\b"):
            read_year(year, [f"{c}_1" if c == letter else c for c in columns])
        with pytest.raises(SourceError, match="appears twice"):
            read_year(year, [*columns, letter.upper()])


@pytest.mark.parametrize("year", YEARS)
def test_swapped_headings_are_detected(year: int) -> None:
    columns, letters = HEADERS[YEARS[year]], letters_of(year)
    for one, other in [(letters[0], letters[1]), (letters[3], letters[7]), (letters[0], letters[-1])]:
        turned = [{one: other, other: one}.get(c, c) for c in columns]
        with pytest.raises(SourceError, match="are not in CDE's order: their headings may have been exchanged"):
            read_year(year, turned)


@pytest.mark.parametrize(
    ("one", "other"),
    [("AssistanceStatus2023", "AssistanceStatus2024"), ("MetMethod1", "MetMethod2"), ("MetMethod2", "MetMethod4")],
)
def test_swapped_status_and_method_headings_are_detected(one: str, other: str) -> None:
    with pytest.raises(SourceError, match="are not in CDE's order"):
        read_year(2024, [{one: other, other: one}.get(c, c) for c in HEADERS[YEARS[2024]]])


@pytest.mark.parametrize(
    "column", ["MetMethod3", "EC52072_2024", "AssistanceStatus2024", "TotalStudentGroups", "LEAname", "ReportYear"]
)
def test_a_missing_column_that_the_rules_need_is_named(column: str) -> None:
    field = LAYOUTS.assistance.canonical(column)
    with pytest.raises(SourceError, match=f"lacks {field}"):
        read_year(2024, [c for c in HEADERS[YEARS[2024]] if c != column])


def test_a_letter_column_of_an_unknown_group_is_ignored() -> None:
    columns = HEADERS[YEARS[2024]]
    at = columns.index("WHpriorities") + 1
    raw = read_year(2024, [*columns[:at], "XXpriorities", *columns[at:]])
    assert "letter:xx" in raw.table["field"].to_pylist()


def test_a_zipped_workbook_is_refused_with_advice() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("assistancestatus24.xlsx", as_xlsx({"2024": TABLE}))
    with pytest.raises(SourceError, match="this archive is not a workbook"):
        read(file.getvalue())
