"""Read a workbook cell by cell: each value keeps its row and its heading.

Hidden sheets and computed, erroneous or merged cells are never read.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_uppercase

import numpy as np
import pandas as pd
import pyarrow as pa

from transforms.errors import SourceError
from transforms.raw.lines import lines_remark
from transforms.raw.sheet_facts import DOWNLOAD_AGAIN, VALUES_ONLY, SheetFacts, column_letters
from transforms.raw.table import CELL_SCHEMA, RawTable, Reject
from transforms.raw.xls_archive import scan_xls
from transforms.raw.xlsx_archive import scan_xlsx
from transforms.sources.layouts import LayoutSpec, out_of_order

HEADER_WITHIN = 25  # rows from the top
NEARLY_THE_SAME = 0.75  # share of a table's headings that a copy of it has, if some of them were changed
ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")


def read_workbook(content: bytes, file: str, spec: LayoutSpec, needed: set[str], year: int) -> RawTable:
    """Return one row per cell under a known heading: line, cds, heading as served, canonical field, value as text.

    Raises SourceError if this is not a workbook, no visible sheet has the needed headings, or a needed column is
    missing, duplicate or out of CDE's order.
    """
    old = content.startswith(b"\xd0\xcf\x11\xe0")
    facts = scan_xls(content, file) if old else scan_xlsx(content, file)
    sheets = _open(content, file)
    if len(facts) != len(sheets) or (not old and [f.name for f in facts] != list(sheets)):
        raise SourceError(file, "the list of sheets does not agree with the sheets", DOWNLOAD_AGAIN)
    by_name = dict(zip(sheets, facts, strict=True))
    sheet, header_row = _find_table(
        {n: f for n, f in sheets.items() if not by_name[n].hidden}, file, spec, needed, year
    )
    if address := by_name[sheet].formula:
        problem = f"cell {address} of sheet {sheet!r} contains a formula"
        raise SourceError(file, problem, VALUES_ONLY, line=int(address.lstrip(ascii_uppercase)))
    frame = sheets[sheet]
    headings = ["" if pd.isna(h) else str(h).strip() for h in frame.iloc[header_row]]
    fields = {i: f for i, h in enumerate(headings) if (f := spec.canonical(h)) is not None}
    _check_headings(headings, fields, file, sheet, header_row + 1, spec, needed)
    return _cells(frame.iloc[header_row + 1 :], header_row + 2, headings, fields, sheet, by_name[sheet])


def _open(content: bytes, file: str) -> dict[str, pd.DataFrame]:
    try:
        return pd.read_excel(
            io.BytesIO(content), sheet_name=None, header=None, dtype="string", engine="calamine", keep_default_na=False
        )
    except BaseException as error:
        # calamine raises its own kinds of errors for damaged workbooks, and one that is not an Exception if it panics.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise SourceError(file, f"the workbook cannot be opened ({str(error)[:200]})", DOWNLOAD_AGAIN) from error


def _check_headings(
    headings: list[str], fields: dict[int, str], file: str, sheet: str, line: int, spec: LayoutSpec, needed: set[str]
) -> None:
    """Raise SourceError for a missing needed column, a duplicate column, or columns that are not in CDE's order."""
    missing = sorted(needed - set(fields.values()))
    if missing:
        advice = "Check the edition, or add the new name to data/layouts.toml."
        raise SourceError(file, f"sheet {sheet!r} lacks {', '.join(missing)}", advice, line=line, column=missing[0])
    twice = [f for f in fields.values() if list(fields.values()).count(f) > 1]
    if twice:
        raise SourceError(
            file,
            f"column {twice[0]} appears twice in sheet {sheet!r}",
            "Keep one of them.",
            line=line,
            column=twice[0],
        )
    if moved := out_of_order(headings, spec):
        problem = (
            f"columns {moved[0]} and {moved[1]} of sheet {sheet!r} are not in CDE's order: their headings may have been"
            " exchanged"
        )
        raise SourceError(file, problem, "Use the file as CDE published it.", line=line, column=moved[0])


@dataclass(frozen=True)
class _Header:
    """A row that has a heading for the code: the columns that it names, and its place."""

    sheet: str
    row: int
    columns: frozenset[str]

    @property
    def of_year(self) -> str:
        """The year in the name of the sheet."""
        years = re.findall(r"20\d\d", self.sheet)
        return str(years[-1]) if years else ""


def _find_table(
    sheets: dict[str, pd.DataFrame], file: str, spec: LayoutSpec, needed: set[str], year: int
) -> tuple[str, int]:
    """Return sheet and row of the header: the row with the most known headings; a sheet named after the year wins.

    Raises SourceError if no visible sheet has a header, or if another table has the needed columns or nearly the same
    ones: of a sheet and its copy, nobody knows which is meant. A sheet named after another year is not a copy.
    """
    found = [header for name, frame in sheets.items() for header in _headers(name, frame, spec)]
    near = [h for h in found if h.row < HEADER_WITHIN]
    if not near:
        raise SourceError(
            file,
            f"no visible sheet has a header row with CDS; the sheets are {', '.join(sheets)}",
            "Check that this is the data workbook.",
        )
    best = max(near, key=lambda h: (str(year) in h.sheet, len(h.columns), -h.row))
    for other in found:
        shared = len(other.columns & best.columns)
        same_table = needed <= other.columns or shared > NEARLY_THE_SAME * len(best.columns)
        if other != best and same_table and not (other.of_year and other.of_year != str(year) == best.of_year):
            where = (
                f"sheets {best.sheet!r} and {other.sheet!r} both contain the table"
                if other.sheet != best.sheet
                else f"sheet {best.sheet!r} has the table twice: rows {best.row + 1} and {other.row + 1} are headings"
            )
            raise SourceError(file, where, "Use the file as CDE published it, with only one of them.")
    return best.sheet, best.row


def _headers(name: str, frame: pd.DataFrame, spec: LayoutSpec) -> Iterator[_Header]:
    """Yield the rows of a sheet, at any height, that have a heading for the code and one for something else."""
    spellings = spec.columns["cds"]
    has_code = frame.apply(lambda column: column.str.strip().str.lower().isin(spellings)).any(axis=1)
    for row in [int(n) for n in np.flatnonzero(has_code)]:
        columns = frozenset(c for v in frame.iloc[row] if not pd.isna(v) and (c := spec.canonical(str(v))))
        if len(columns) > 1:
            yield _Header(name, row, columns)


def _cells(
    body: pd.DataFrame, first_line: int, headings: list[str], fields: dict[int, str], sheet: str, facts: SheetFacts
) -> RawTable:
    """Unpivot the known columns; rows without any value are blank lines, not data."""
    body = body.fillna("").astype("string")
    body.index = pd.RangeIndex(first_line, first_line + len(body), name="line")
    cds_column = next(i for i, f in fields.items() if f == "cds")
    rejects = [r for r in _bad_cells(facts, body, fields, headings) if r.line in body.index]
    rejects = [
        Reject(r.line, r.column, r.value, r.reason, str(body.at[r.line, cds_column]).strip() or None) for r in rejects
    ]
    bad = {r.line for r in rejects}
    body = body[(body != "").any(axis=1) & ~body.index.isin(bad)]
    twice = body.duplicated()
    again = [int(n) for n in body.index[twice]]
    body = body[~twice]
    parts = [
        pa.table(
            {
                "line": pa.array(body.index, pa.int64()),
                "cds": pa.array(body[cds_column], pa.string()),
                "heading": pa.array([headings[i]] * len(body), pa.string()),
                "field": pa.array([field] * len(body), pa.string()),
                "value": pa.array(body[i], pa.string()),
            }
        )
        for i, field in fields.items()
    ]
    return RawTable(
        table=pa.concat_tables(parts) if parts else CELL_SCHEMA.empty_table(),
        rejects=rejects,
        rows_in=len(body) + len(bad),
        rows_kept=len(body),
        sheet=sheet,
        extra_columns=[h for i, h in enumerate(headings) if i not in fields and h],
        warnings=(
            [
                lines_remark(
                    again,
                    "repeats another row in every cell; it is read once",
                    "repeat another row in every cell; each is read once",
                )
            ]
            if again
            else []
        ),
    )


def _bad_cells(facts: SheetFacts, body: pd.DataFrame, fields: dict[int, str], headings: list[str]) -> Iterator[Reject]:
    """Yield errors under a heading that is read, and rows with merged cells: the values that these hide are unknown."""
    as_text = {
        (int(row), i + 1): str(body.at[row, i]) for i in fields for row in body.index[body[i].str.strip().isin(ERRORS)]
    }
    for (row, column), error in sorted({**as_text, **facts.errors}.items()):
        if column - 1 in fields:
            yield Reject(row, headings[column - 1], error, f"cell {column_letters(column)}{row} contains an error")
    for row in sorted(facts.merged_rows):
        yield Reject(row, "", "", "cells of this row are merged: their values are not known")
