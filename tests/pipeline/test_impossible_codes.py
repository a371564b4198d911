"""If no LEA can have the code of a row, only that row is rejected; the night and good rows of other files are not
affected.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import openpyxl
import pytest
from openpyxl.cell import Cell

from tests.conftest import use_sql_checks_only
from tests.workbooks import change_rows
from tests.workplace import Workplace, edit_text

NO_COUNTY = "the first two digits of the code are not a county code"
# Codes, and the year of the workbook that contains each.
NOBODY = {"00000000000000": 24, "59661590000000": 23, "99102720000000": 19, "59102720000000": 22}
SALINAS, ALISAL, GONZALES = "27661590000000", "27659610000000", "27754730000000"
LEFT_OUT = "select column_name, reason from rejects where cds = ?"


def add_row(path: Path, **values: str) -> None:
    """Copy the last row of a workbook's table, with other values under these headings."""
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for at, row in enumerate(sheet.iter_rows(max_row=12), 1):
            headings = [str(c.value or "").lower() for c in row]
            if values.keys() <= set(headings):
                last = next(r for r in range(sheet.max_row, at, -1) if sheet.cell(r, headings.index("cds") + 1).value)
                for n, heading in enumerate(headings, 1):
                    sheet.cell(last + 1, n).value = values.get(heading, sheet.cell(last, n).value)
    book.save(path)


@pytest.fixture(scope="module")
def with_impossible_codes(new_place: Callable[[], Workplace]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Decide with a row of each code in a workbook, and one in a Dashboard file; the night passes its gates."""
    place = new_place()
    for code, year in NOBODY.items():
        (book,) = place.source.glob(f"assistancestatus{year}*.xlsx")
        add_row(book, cds=code, leaname="State of California")

    def moved(text: str) -> str:
        line = next(n for n in text.split("\n") if n.startswith(f"{SALINAS}\tD\t"))
        return text + line.replace(SALINAS, "99661590000000").rstrip("\r") + "\r\n"

    edit_text(place.source / "suspdownload2023.txt", moved)
    with pytest.MonkeyPatch.context() as patch:
        use_sql_checks_only(patch)
        with place.checked() as db:
            yield db


@pytest.mark.parametrize("code", NOBODY)
def test_a_workbook_row_with_an_impossible_code_is_rejected_alone(
    with_impossible_codes: duckdb.DuckDBPyConnection, code: str
) -> None:
    """A row of the whole state that somebody added, and impossible codes."""
    assert ("CDS", NO_COUNTY) in with_impossible_codes.execute(LEFT_OUT, [code]).fetchall()
    for table in ("leas", "assistance_letters", "eligibility"):
        assert with_impossible_codes.execute(f"select count(*) from {table} where cds = ?", [code]).fetchall() == [(0,)]


def test_a_dashboard_row_with_an_impossible_code_is_rejected_alone(
    with_impossible_codes: duckdb.DuckDBPyConnection,
) -> None:
    """The row is in a Dashboard file, whose row of the state is as in CDE's file."""
    assert with_impossible_codes.execute("select cds, reason from rejects order by cds").fetchall()[-1] == (
        "99661590000000",
        NO_COUNTY,
    )
    odd = "select count(*) from leas where county_code is null or cds[1:2] > '58'"
    assert with_impossible_codes.execute(odd).fetchall() == [(0,)]


@pytest.mark.slow
def test_a_lost_digit_rejects_no_good_row_of_another_file(workplace: Workplace) -> None:
    """LEAs with a new name since 2023; in one row of each, the code lost a digit. The other row is good."""

    def change(cells: dict[str, Cell]) -> None:
        if (cds := str(cells["CDS"].value)) in (SALINAS, ALISAL, GONZALES):
            cells["LEAname"].value = f"New name of {cds}"
            if "AssistanceStatus2024" in cells:
                cells["CDS"].value = cds[1:]

    for year in (23, 24):
        change_rows(workplace.source / f"assistancestatus{year}.xlsx", change)
    with workplace.decide("core") as db:
        files = db.execute("select distinct file, cds from rejects order by all").fetchall()
    assert files == [("assistancestatus24.xlsx", f"0{cds[1:]}") for cds in (ALISAL, SALINAS, GONZALES)]
