"""Columns, cells and sheets of a workbook.

Every value is written as text, number or date, so no text of a source can become a formula.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from textwrap import wrap
from types import TracebackType
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reports.figures import COLORS
from reports.published import Row
from transforms.wording.labels import LEA_KINDS, STATUS, ccee_determination

Cell = tuple[Any, str]  # a value and the name of its format


@dataclass(frozen=True)
class Column:
    """A column of a sheet: heading, width in characters, and the function that makes its cell from a row."""

    heading: str
    width: float
    cell: Callable[[Row], Cell]


def plain(heading: str, width: float, name: str, style: str = "text") -> Column:
    """Return a column that shows a value unchanged."""
    return Column(heading, width, lambda row: (row[name], style))


def labeled(heading: str, width: float, name: str, words: Mapping[str, str]) -> Column:
    """Return a column that shows a code in words."""
    return Column(heading, width, lambda row: (words[row[name]], "text"))


def status(heading: str, width: float, name: str) -> Column:
    """Return a column that shows a verdict in words with its sign."""
    return Column(
        heading,
        width,
        lambda row: (" ".join(STATUS[row[name]]), f"status {row[name]}") if row[name] else (None, "text"),
    )


def differing(heading: str, width: float, name: str) -> Column:
    """Return a column whose value is marked if CDE's differs from ours."""
    return Column(heading, width, lambda row: (row[name], "apart" if row["apart"] else "text"))


NAME, CDS, COUNTY = plain("LEA", 30, "lea_name"), plain("CDS code", 16, "cds"), plain("County", 14, "county")
LEA = (NAME, CDS, labeled("Kind", 16, "lea_type", LEA_KINDS), COUNTY)
YEAR = plain("Determination year", 14, "determination_year")
CCEE = Column(
    "CCEE's determination",
    30,
    lambda row: (ccee_determination(row["ccee_determination"], row["ccee_determination_date"]), "text"),
)


LETTER, TABLOID, WIDE = 1, 3, 170  # paper sizes; the largest sum of widths for Letter
LINE_HEIGHT, TITLE_HEIGHT, TALLEST = 13.5, 26.0, 409.0  # points; Excel has no taller row
UNWRAPPED = ("line", "large", "title")
EXCEL_ROWS = 1_048_576
EXCEL_TEXT = 32_767  # characters in a cell; longer text would be left out
CUT = " … (cut: longer than a cell may be)"
INK = {
    "eligible": "#a3341f",
    "not_eligible": "#33566b",
    "undetermined": "#8a5a00",
    "not_assessed": "#56656f",
    "not_applicable": "#56656f",
}


def shown(value: Any) -> str:
    """Return a value as the text of its cell."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else "" if value is None else str(value)


@lru_cache(maxsize=10_000)
def _lines(text: str, room: int) -> int:
    """Return the number of lines of a text wrapped to this many characters."""
    return 1 if len(text) <= room else len(wrap(text[:EXCEL_TEXT], room))


def _height(cells: Sequence[Cell], widths: Sequence[float]) -> float:
    """Return the height in points at which every wrapped text shows. Programs differ in their automatic heights."""
    lines = 1
    for (value, style), width in zip(cells, widths, strict=False):
        if style == "title":
            return TITLE_HEIGHT
        if style not in UNWRAPPED and isinstance(value, str | list | tuple):
            room = max(int(width) - (3 if style == "heading" else 1), 1)  # the filter button takes room in a heading
            lines = max(lines, _lines(shown(value), room))
    return min(LINE_HEIGHT * lines + 3, TALLEST)


class Book:
    """A workbook that is written row by row in constant memory, with the same bytes for the same rows.

    ``day`` is its creation date.
    """

    def __init__(self, path: Path, title: str, day: date, rows: int = EXCEL_ROWS) -> None:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(str(path), options)
        created = datetime(day.year, day.month, day.day)  # noqa: DTZ001
        self._book.set_properties({"title": title, "author": "DTA eligibility", "created": created})
        self._rows, self._formats = rows, self._make_formats()

    def __enter__(self) -> "Book":
        """Return the workbook itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file and remove its temporary files, also after an error.

        Raises OSError, for example on a full disk.
        """
        try:
            self._book.close()
        except FileCreateError as failed:
            raise (failed.args[0] if isinstance(failed.args[0], OSError) else OSError(str(failed))) from failed

    def lines(self, name: str, widths: Sequence[float], lines: Iterable[Sequence[Cell]]) -> None:
        """Write a sheet of free lines, such as the cover."""
        sheet, last = self._sheet(name, widths), 0
        for n, line in enumerate(lines):
            self._write_row(sheet, n, line, widths)
            last = n
        sheet.print_area(0, 0, last, len(widths) - 1)

    def table(self, name: str, columns: Sequence[Column], rows: Iterable[Row]) -> int:
        """Write a sheet with a frozen heading and filters, and continue in another sheet at Excel's row limit.

        Returns the number of rows.
        """
        total, part, n, sheet = 0, 1, 0, self._table_sheet(name, columns)
        for row in rows:
            if n + 1 >= self._rows:
                self._finish(sheet, n, columns)
                part, n = part + 1, 0
                sheet = self._table_sheet(f"{name} ({part})", columns)
            n, total = n + 1, total + 1
            self._write_row(sheet, n, [column.cell(row) for column in columns], [c.width for c in columns])
        self._finish(sheet, n, columns)
        return total

    def _sheet(self, name: str, widths: Sequence[float]) -> Worksheet:
        """Add a sheet that prints on the width of one page: Letter, or Tabloid if it is too wide for Letter."""
        sheet = self._book.add_worksheet(name)
        for n, width in enumerate(widths):
            sheet.set_column(n, n, width)
        sheet.set_paper(LETTER if sum(widths) <= WIDE else TABLOID)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&F&C&A&RPage &P of &N")
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{EXCEL_ROWS}"})  # CDS codes
        return sheet

    def _table_sheet(self, name: str, columns: Sequence[Column]) -> Worksheet:
        widths = [column.width for column in columns]
        sheet = self._sheet(name, widths)
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        self._write_row(sheet, 0, [(column.heading, "heading") for column in columns], widths)
        return sheet

    def _finish(self, sheet: Worksheet, last: int, columns: Sequence[Column]) -> None:
        sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
        sheet.print_area(0, 0, max(last, 1), len(columns) - 1)

    def _write_row(self, sheet: Worksheet, row: int, cells: Sequence[Cell], widths: Sequence[float]) -> None:
        sheet.set_row(row, _height(cells, widths))
        for n, (value, style) in enumerate(cells):
            self._write(sheet, row, n, value, style)

    def _write(self, sheet: Worksheet, row: int, column: int, value: Any, style: str) -> None:
        style_of = self._formats
        if value is None or value != value or value in ("", []):  # null, NaN or empty
            sheet.write_blank(row, column, None, style_of[style])
        elif isinstance(value, bool):
            sheet.write_string(row, column, "yes" if value else "no", style_of[style])
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, style_of[style])
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, style_of["day"])
        else:
            text = shown(value)
            sheet.write_string(
                row, column, text if len(text) <= EXCEL_TEXT else text[: EXCEL_TEXT - len(CUT)] + CUT, style_of[style]
            )

    def _make_formats(self) -> dict[str, Format]:
        base = {"valign": "top", "text_wrap": True, "font_name": "Calibri", "font_size": 10}
        styles: dict[str, dict[str, Any]] = {
            "text": {},
            "day": {"num_format": "yyyy-mm-dd", "align": "left"},
            "one decimal": {"num_format": "0.0"},
            "whole": {"num_format": "#,##0"},
            "heading": {"bold": True, "bg_color": "#33566b", "font_color": "#ffffff", "bottom": 1},
            "title": {"bold": True, "font_size": 18, "text_wrap": False},
            "large": {"bold": True, "font_size": 12, "text_wrap": False},
            "strong": {"bold": True},
            "apart": {"bold": True, "border": 2},
            "line": {"text_wrap": False},
        }
        styles |= {
            f"color {n}": {"bg_color": fill, "font_color": ink, "align": "center"} for n, (fill, ink) in COLORS.items()
        }
        styles |= {
            f"status {name}": {"font_color": ink, "bold": name in ("eligible", "undetermined")}
            for name, ink in INK.items()
        }
        return {name: self._book.add_format(base | style) for name, style in styles.items()}
