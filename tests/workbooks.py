"""Change the rows of one of CDE's assistance workbooks, for tests of missing or contradictory data."""

from collections.abc import Callable, Collection
from pathlib import Path

import openpyxl
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet


def change_rows(path: Path, change: Callable[[dict[str, Cell]], None]) -> None:
    """Pass every row of LEAs to ``change``, as cells by heading, and save the workbook."""

    def each(rows: list[dict[str, Cell]]) -> None:
        for row in rows:
            change(row)

    change_all(path, each)


def change_all(path: Path, change: Callable[[list[dict[str, Cell]]], None]) -> None:
    """Pass all rows of LEAs at once to ``change``, and save the workbook."""
    book = openpyxl.load_workbook(path)
    sheet, header = _data(book)
    headings = [str(c.value) for c in sheet[header]]
    cds = [_plain(h) for h in headings].index("cds")
    rows = [row for row in sheet.iter_rows(min_row=header + 1) if str(row[cds].value or "").isdigit()]
    change([dict(zip(headings, row, strict=True)) for row in rows])
    book.save(path)


def drop_rows(path: Path, leas: Collection[str]) -> int:
    """Delete the rows of these LEAs; return the number of deleted rows."""
    book = openpyxl.load_workbook(path)
    sheet, header = _data(book)
    column = [_plain(c.value) for c in sheet[header]].index("cds") + 1
    doomed = [r for r in range(header + 1, sheet.max_row + 1) if sheet.cell(r, column).value in leas]
    for row in reversed(doomed):
        sheet.delete_rows(row)
    book.save(path)
    return len(doomed)


def _data(book: openpyxl.Workbook) -> tuple[Worksheet, int]:
    """Return the sheet of LEAs and the row of its headings."""
    for sheet in book.worksheets:
        for number, row in enumerate(sheet.iter_rows(max_row=10, values_only=True), 1):
            if {"cds", "totalstudentgroups"} <= {_plain(v) for v in row}:
                return sheet, number
    raise AssertionError("no sheet has LEAs")


def _plain(heading: object) -> str:
    return str(heading).lower().replace("_", "")
