"""Read a workbook cell by cell: each value keeps its row and its heading."""

import io
import zipfile

import pandas as pd
import pyarrow as pa

from transforms.errors import SourceError
from transforms.layouts import LayoutSpec
from transforms.raw.table import RawTable

LARGEST_UNPACKED = 300_000_000  # bytes
HEADER_WITHIN = 25  # rows from the top
CELL_SCHEMA = pa.schema([("line", pa.int64()), ("cds", pa.string()), ("heading", pa.string()), ("field", pa.string()), ("value", pa.string())])


def read_workbook(content: bytes, file: str, spec: LayoutSpec, needed: set[str], year: int) -> RawTable:
    """Return one row per cell under a known heading: line, cds, heading as served, canonical field, value as text.

    Raises SourceError when it is not a workbook, no sheet has the needed headings, or a needed column is missing.
    """
    _check_workbook(content, file)
    try:
        sheets = pd.read_excel(io.BytesIO(content), sheet_name=None, header=None, dtype="string", engine="calamine", keep_default_na=False)
    except Exception as error:  # calamine raises its own kinds for damaged workbooks
        raise SourceError(file, f"the workbook cannot be opened ({error})", "Download the file again.") from error
    sheet, header_row = _find_table(sheets, file, spec, year)
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


def _check_workbook(content: bytes, file: str) -> None:
    """Raise SourceError unless the bytes are an .xlsx of bearable size or an old .xls."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(i.file_size for i in archive.infolist())
            names = archive.namelist()
    except zipfile.BadZipFile as error:
        start = content.split(b"\n", 1)[0][:80].decode("latin-1").strip()
        raise SourceError(file, "this is not a workbook", "Download the file again.", line=1, value=start) from error
    if not any(n.startswith("xl/") for n in names):
        raise SourceError(file, "this archive is not a workbook", "Download the file again.")
    if unpacked > LARGEST_UNPACKED:
        raise SourceError(file, f"the workbook unpacks to {unpacked:,} bytes; more than {LARGEST_UNPACKED:,} is refused", "Check what was downloaded.")


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
