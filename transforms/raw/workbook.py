"""Read a workbook cell by cell: each value keeps its row and its heading."""

import io
from string import ascii_uppercase

import pandas as pd
import pyarrow as pa

from transforms.errors import SourceError
from transforms.layouts import LayoutSpec
from transforms.raw.compound import look_through_old
from transforms.raw.package import VALUES_ONLY, look_through
from transforms.raw.table import CELL_SCHEMA, RawTable

HEADER_WITHIN = 25  # rows from the top


def read_workbook(content: bytes, file: str, spec: LayoutSpec, needed: set[str], year: int) -> RawTable:
    """Return one row per cell under a known heading: line, cds, heading as served, canonical field, value as text.

    Raises SourceError when it is not a workbook, no sheet has the needed headings, or a needed column is missing.
    """
    formulas = _first_formulas(content, file)
    sheets = _open(content, file)
    sheet, header_row = _find_table(sheets, file, spec, year)
    _check_values_only(sheet, list(sheets), formulas, file)
    frame = sheets[sheet]
    headings = ["" if pd.isna(h) else str(h).strip() for h in frame.iloc[header_row]]
    fields = {i: f for i, h in enumerate(headings) if (f := spec.canonical(h)) is not None}
    line = header_row + 1
    missing = sorted(needed - set(fields.values()))
    if missing:
        raise SourceError(
            file, f"sheet {sheet!r} lacks {', '.join(missing)}", "Check the edition, or teach data/layouts.toml the new name.", line=line, column=missing[0]
        )
    twice = [f for f in fields.values() if list(fields.values()).count(f) > 1]
    if twice:
        raise SourceError(file, f"column {twice[0]} stands twice in sheet {sheet!r}", "Keep one of them.", line=line, column=twice[0])
    return _cells(frame.iloc[header_row + 1 :], header_row + 2, headings, fields, sheet)


def _first_formulas(content: bytes, file: str) -> dict[str, str] | list[str]:
    """Address of the first formula per sheet, by name or in the order of the sheets."""
    return look_through_old(content, file) if content.startswith(b"\xd0\xcf\x11\xe0") else look_through(content, file)


def _open(content: bytes, file: str) -> dict[str, pd.DataFrame]:
    """All sheets, every cell as text."""
    try:
        return pd.read_excel(io.BytesIO(content), sheet_name=None, header=None, dtype="string", engine="calamine", keep_default_na=False)
    except BaseException as error:
        # calamine raises its own kinds for damaged workbooks, and where it gives up altogether one that is no Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise SourceError(file, f"the workbook cannot be opened ({str(error)[:200]})", "Download the file again.") from error


def _check_values_only(sheet: str, names: list[str], formulas: dict[str, str] | list[str], file: str) -> None:
    """Raise SourceError when a cell of the sheet is computed: what is stored beside a formula could be anything."""
    by_name = formulas if isinstance(formulas, dict) else dict(zip(names, formulas, strict=False))
    if list(by_name) != names or len(formulas) != len(names):
        raise SourceError(file, "the list of sheets does not agree with the sheets", "Download the file again.")
    if address := by_name[sheet]:
        raise SourceError(file, f"cell {address} of sheet {sheet!r} holds a formula", VALUES_ONLY, line=int(address.lstrip(ascii_uppercase)))


def _find_table(sheets: dict[str, pd.DataFrame], file: str, spec: LayoutSpec, year: int) -> tuple[str, int]:
    """Sheet and row of the header: the row with the most known headings, the sheet named after the year first."""
    found: list[tuple[bool, int, str, int]] = []
    for name, frame in sheets.items():
        for row in range(min(HEADER_WITHIN, len(frame))):
            cells = {spec.canonical(str(v)) for v in frame.iloc[row] if not pd.isna(v)} - {None}
            if "cds" in cells and len(cells) > 1:
                found.append((str(year) in name, len(cells), name, row))
    if not found:
        raise SourceError(file, f"no sheet has a header row with CDS; sheets are {', '.join(sheets)}", "Check that this is the data workbook.")
    _, _, name, row = max(found, key=lambda f: (f[0], f[1], -f[3]))
    return name, row


def _cells(body: pd.DataFrame, first_line: int, headings: list[str], fields: dict[int, str], sheet: str) -> RawTable:
    """Unpivot the known columns; rows without any value are blank lines, not data."""
    body = body.fillna("").astype("string")
    body.index = pd.RangeIndex(first_line, first_line + len(body), name="line")
    body = body[(body != "").any(axis=1)]
    cds_column = next(i for i, f in fields.items() if f == "cds")
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
        rows_in=len(body),
        rows_kept=len(body),
        sheet=sheet,
        extra_columns=[h for i, h in enumerate(headings) if i not in fields and h],
    )
