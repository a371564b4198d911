"""Read a delimited text file: strict about shape, exact about lines, indifferent to case and order of columns."""

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from transforms.errors import SourceError
from transforms.layouts import LayoutSpec
from transforms.raw.table import RawTable, Reject

DOWNLOAD_AGAIN = "Download the file again."


def read_text(content: bytes, file: str, spec: LayoutSpec, needed: set[str]) -> RawTable:
    """Return the layout's columns as text with their line numbers; ragged lines become rejects.

    Raises SourceError when the content is not a text table, is cut, or lacks a needed column.
    """
    text, encoding = decode(content, file)
    header_line, _, body = text.partition("\n")
    delimiter = max("\t|", key=header_line.count)
    headings = [h.strip() for h in header_line.rstrip("\r").split(delimiter)]
    fields = _match_columns(headings, file, spec, needed)
    table, skipped = _parse(body.encode(), headings, delimiter, file)
    last_line = body.count("\n") + (not body.endswith("\n")) + 1 if body else 1
    rejects = [
        Reject(line, "", row[:200], f"the line has {row.count(delimiter) + 1} fields; the header has {len(headings)}") for line, row in skipped if row.strip()
    ]
    _check_whole(body, last_line, len(table) + len(skipped), rejects, file)
    left_out = {line for line, _ in skipped}
    lines = [n for n in range(2, last_line + 1) if n not in left_out] if left_out else range(2, last_line + 1)
    table = _without_blank_rows(table.append_column("line", pa.array(lines, pa.int64())))
    blank = last_line - 1 - len(table) - len(rejects)
    columns: dict[str, pa.Array | pa.ChunkedArray] = {field: pa.nulls(len(table), pa.string()) for field in spec.columns}
    columns |= {field: table.column(index) for index, field in fields.items()}
    return RawTable(
        table=pa.table({**columns, "line": table.column("line")}),
        rejects=rejects,
        rows_in=len(table) + len(rejects),
        rows_kept=len(table),
        encoding=encoding,
        missing_columns=sorted(set(spec.columns) - set(fields.values())),
        extra_columns=[h for i, h in enumerate(headings) if i not in fields],
        notes=[f"{blank} blank lines"] if blank else [],
    )


def decode(content: bytes, file: str) -> tuple[str, str]:
    """Text and encoding: strict UTF-8 with or without a byte-order mark, else Windows-1252. Raises SourceError for what is not text."""
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<script")):
        raise SourceError(file, "this is a web page, not a data file", DOWNLOAD_AGAIN, line=1, value=_first_line(content))
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise SourceError(file, "this is a workbook or archive, not a text file", "Save the text edition under this name.", line=1)
    if b"\x00" in content:
        line = content[: content.index(b"\x00")].count(b"\n") + 1
        raise SourceError(file, "the file holds a NUL byte and is not plain text", DOWNLOAD_AGAIN, line=line)
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        # Five bytes have no meaning in Windows-1252; they stay visible as replacement characters in names.
        return content.decode("cp1252", errors="replace"), "windows-1252"


def _first_line(content: bytes) -> str:
    return content.split(b"\n", 1)[0].decode("latin-1").strip()


def _match_columns(headings: list[str], file: str, spec: LayoutSpec, needed: set[str]) -> dict[int, str]:
    """Position -> canonical column. Raises SourceError for a needed column that is missing or any column that stands twice."""
    fields: dict[int, str] = {}
    for position, heading in enumerate(headings):
        field = spec.canonical(heading)
        if field is None:
            continue
        if field in fields.values():
            raise SourceError(file, f"column {field} stands twice in the header", "Keep one of them.", line=1, column=heading)
        fields[position] = field
    missing = sorted(needed - set(fields.values()))
    if missing:
        shown = " | ".join(headings)
        raise SourceError(
            file,
            f"the header lacks {', '.join(missing)}",
            "Download the file again, or teach data/layouts.toml the new name.",
            line=1,
            column=missing[0],
            value=shown,
        )
    return fields


def _parse(body: bytes, headings: list[str], delimiter: str, file: str) -> tuple[pa.Table, list[tuple[int, str]]]:
    """Rows of the right width, and (line, text) of all others. Quotes are plain characters: one stray quote must not swallow lines."""
    if not body.strip():
        raise SourceError(file, "the file has a header and no rows", DOWNLOAD_AGAIN, line=1)
    names = [str(i) for i in range(len(headings))]
    skipped: list[tuple[int, str]] = []

    def keep_aside(row: csv.InvalidRow) -> str:
        skipped.append((row.number + 1, row.text))  # the header is not part of the body
        return "skip"

    options = {"delimiter": delimiter, "quote_char": False, "double_quote": False, "ignore_empty_lines": False}
    convert = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    try:
        return csv.read_csv(pa.BufferReader(body), csv.ReadOptions(column_names=names), csv.ParseOptions(**options), convert), skipped
    except pa.ArrowInvalid:
        # Row numbers are only known on one thread.
        table = csv.read_csv(
            pa.BufferReader(body),
            csv.ReadOptions(column_names=names, use_threads=False, block_size=max(len(body) + 1, 1 << 20)),
            csv.ParseOptions(**options, invalid_row_handler=keep_aside),
            convert,
        )
        return table, skipped


def _without_blank_rows(table: pa.Table) -> pa.Table:
    """Leave out rows in which nothing stands; the parser turns an empty line into one."""
    cells = table.drop_columns(["line"])
    maybe = pc.equal(cells.column(0), "")
    if not pc.any(maybe).as_py():
        return table
    filled = pc.invert(maybe)
    for column in cells.columns[1:]:
        filled = pc.or_(filled, pc.not_equal(pc.utf8_trim_whitespace(column), ""))
    return table.filter(filled)


def _check_whole(body: str, last_line: int, rows: int, rejects: list[Reject], file: str) -> None:
    """Raise SourceError if the file was cut, or if lines and rows disagree."""
    if rejects and not body.endswith("\n") and rejects[-1].line == last_line:
        raise SourceError(file, "the last line is cut off", DOWNLOAD_AGAIN, line=last_line, value=rejects[-1].value)
    if rows != last_line - 1:
        line = body[: body.index("\r")].count("\n") + 2 if "\r" in body.replace("\r\n", "\n") else last_line
        raise SourceError(file, f"{last_line - 1} lines gave {rows} rows: a line end stands inside a field", DOWNLOAD_AGAIN, line=line)
