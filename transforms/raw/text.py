"""Read a delimited text file: strict about shape, exact about lines, indifferent to case and order of columns.

Tab and bar files know no quotes: CDE writes them into names as plain characters. Comma files follow RFC 4180, within one line.
"""

import csv as quoted
import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from transforms.errors import SourceError
from transforms.layouts import LayoutSpec
from transforms.raw.table import RawTable, Reject

DOWNLOAD_AGAIN = "Download the file again."
DELIMITERS = "\t|,"
BOM = b"\xef\xbb\xbf"
BLOCK = 8 << 20  # bytes
ANYTHING = re.compile(rb"\S")
CODED = pa.dictionary(pa.int32(), pa.string())  # few texts stand in many rows


@dataclass(frozen=True)
class Skipped:
    """A line that is no row: of another width, or not readable."""

    line: int
    text: str
    reason: str


def read_text(content: bytes, file: str, spec: LayoutSpec, needed: set[str]) -> RawTable:
    """Return the layout's columns as text with their line numbers; ragged lines become rejects.

    Raises SourceError when the content is not a text table, is cut, or lacks a needed column.
    """
    content, encoding = decode(content, file)
    header = content[: content.index(b"\n")] if b"\n" in content else content
    header_line = header.decode()
    start = len(header) + 1
    while content.startswith(BOM, start):  # a byte-order mark behind the header, which the parser would swallow unseen
        start += len(BOM)
    body = memoryview(content)[start:]
    if "\r" in header_line.rstrip("\r"):
        raise SourceError(file, "a line end without line feed stands in the header, as old Macs wrote it", "Save the file with usual line ends.", line=1)
    delimiter = max(DELIMITERS, key=header_line.count)
    headings = _headings(header_line.rstrip("\r"), delimiter, file)
    fields = _match_columns(headings, file, spec, needed)
    if not ANYTHING.search(content, start):
        raise SourceError(file, "the file has a header and no rows", DOWNLOAD_AGAIN, line=1)
    table, skipped = _parse_quoted(str(body, "utf-8"), len(headings), file) if delimiter == "," else _parse(body, len(headings), fields, delimiter, file)
    last_line = content.count(b"\n", start) + (not content.endswith(b"\n")) + 1
    rejects = [Reject(s.line, "", s.text[:200], s.reason) for s in skipped if s.text.strip()]
    _check_whole(content, start, last_line, len(table) + len(skipped), rejects, file)
    left_out = {s.line for s in skipped}
    lines = np.setdiff1d(np.arange(2, last_line + 1), list(left_out)) if left_out else np.arange(2, last_line + 1)
    table = _without_blank_rows(table.append_column("line", pa.array(lines, pa.int64())))
    blank = last_line - 1 - len(table) - len(rejects)
    columns: dict[str, pa.Array | pa.ChunkedArray] = {field: pa.nulls(len(table), pa.string()) for field in spec.columns}
    columns |= {field: table.column(str(index)) for index, field in fields.items()}
    return RawTable(
        table=pa.table({**columns, "line": table.column("line")}).unify_dictionaries(),
        rejects=rejects,
        rows_in=len(table) + len(rejects),
        rows_kept=len(table),
        encoding=encoding,
        missing_columns=sorted(set(spec.columns) - set(fields.values())),
        extra_columns=[h for i, h in enumerate(headings) if i not in fields],
        notes=[f"{blank} blank lines"] if blank else [],
    )


def decode(content: bytes, file: str) -> tuple[bytes, str]:
    """Content as UTF-8 without a byte-order mark, and its encoding: strict UTF-8, else Windows-1252. Raises SourceError for what is not text."""
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<script")):
        raise SourceError(file, "this is a web page, not a data file", DOWNLOAD_AGAIN, line=1, value=_first_line(content))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError(file, "the file is UTF-16 text", "Save the file as UTF-8.", line=1)
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise SourceError(file, "this is a workbook or archive, not a text file", "Save the text edition under this name.", line=1)
    if b"\x00" in content:
        line = content[: content.index(b"\x00")].count(b"\n") + 1
        raise SourceError(file, "the file holds a NUL byte and is not plain text", DOWNLOAD_AGAIN, line=line)
    if content.isascii():
        return content, "utf-8"
    content = content.removeprefix(BOM)
    try:
        str(content, "utf-8")
    except UnicodeDecodeError:
        # Five bytes have no meaning in Windows-1252; they stay visible as replacement characters in names.
        return content.decode("cp1252", errors="replace").encode(), "windows-1252"
    return content, "utf-8"


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


def _headings(line: str, delimiter: str, file: str) -> list[str]:
    """The header, split as the lines below it will be."""
    if delimiter != ",":
        return [h.strip() for h in line.split(delimiter)]
    try:
        return [h.strip() for h in _split_quoted(line)]
    except quoted.Error as error:
        raise SourceError(file, f"a quote in the header does not fit ({error})", DOWNLOAD_AGAIN, line=1, value=line) from error


def _wrong_width(fields: int, width: int) -> str:
    return f"the line has {fields} fields; the header has {width}"


def _parse(body: memoryview, width: int, fields: dict[int, str], delimiter: str, file: str) -> tuple[pa.Table, list[Skipped]]:
    """Rows of the right width, and all other lines. Quotes are plain characters: one stray quote must not swallow lines.

    Only the columns that are read are made; all of them where some line may be blank. Files are read side by side, so each takes one thread.
    """
    data = pa.BufferReader(pa.py_buffer(body))
    names = [str(i) for i in range(width)]
    skipped: list[Skipped] = []

    def keep_aside(row: csv.InvalidRow) -> str:
        skipped.append(Skipped(row.number + 1, row.text, _wrong_width(row.text.count(delimiter) + 1, width)))  # the header is not part of the body
        return "skip"

    options = {"delimiter": delimiter, "quote_char": False, "double_quote": False, "ignore_empty_lines": False}
    needed = [names[i] for i in fields]
    try:
        table = csv.read_csv(data, csv.ReadOptions(column_names=names, use_threads=False, block_size=BLOCK), csv.ParseOptions(**options), _convert(needed))
    except pa.ArrowInvalid:
        table = None
    if table is not None and not _may_be_blank(table):
        return table, skipped
    data.seek(0)
    # Row numbers are only known on one thread, in one block.
    whole = csv.ReadOptions(column_names=names, use_threads=False, block_size=max(data.size() + 1, 1 << 20))
    try:
        return csv.read_csv(data, whole, csv.ParseOptions(**options, invalid_row_handler=keep_aside), _convert(names)), skipped
    except pa.ArrowInvalid as error:
        raise SourceError(file, f"the lines cannot be read as rows ({error})", DOWNLOAD_AGAIN) from error


def _convert(columns: list[str]) -> csv.ConvertOptions:
    """Texts, coded. That they are UTF-8 is known."""
    return csv.ConvertOptions(column_types=dict.fromkeys(columns, CODED), strings_can_be_null=False, include_columns=columns, check_utf8=False)


def _may_be_blank(table: pa.Table) -> bool:
    """True if the first of the columns is empty anywhere: an empty line looks like that, and so may a row that has something elsewhere."""
    return bool(pc.any(_is_empty(table.column(0))).as_py())


def _is_empty(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.equal(column.cast(pa.string()), "")


def _parse_quoted(body: str, width: int, file: str) -> tuple[pa.Table, list[Skipped]]:
    """The same for a comma file, line by line. Raises SourceError where a quoted value is still open at the end of its line."""
    columns: list[list[str]] = [[] for _ in range(width)]
    skipped: list[Skipped] = []
    for number, ended in enumerate(body.removesuffix("\n").split("\n"), 2):
        line = ended.removesuffix("\r")
        if "\r" in line:
            raise SourceError(file, "a line end without line feed stands inside the line", DOWNLOAD_AGAIN, line=number, value=line)
        try:
            values = _split_quoted(line)
        except quoted.Error as error:
            if line.count('"') % 2:
                problem = "a quoted value is not closed on its line: a quote too many or too few, or a line break within the value"
                raise SourceError(file, problem, "Mend or remove the quote.", line=number, value=line) from error
            skipped.append(Skipped(number, line, f"the quotes of the line do not fit: {error}"))
            continue
        if len(values) == width:
            for column, value in zip(columns, values, strict=True):
                column.append(value)
        else:
            skipped.append(Skipped(number, line, _wrong_width(len(values), width)))
    return pa.table({str(i): pa.array(column, pa.string()) for i, column in enumerate(columns)}), skipped


def _split_quoted(line: str) -> list[str]:
    """Values of one line. Raises csv.Error where quotes do not close or do not stand around the whole value."""
    return next(quoted.reader([line], strict=True), [])


def _without_blank_rows(table: pa.Table) -> pa.Table:
    """Leave out rows in which nothing stands; the parser turns an empty line into one."""
    cells = table.drop_columns(["line"])
    maybe = _is_empty(cells.column(0))
    if not pc.any(maybe).as_py():
        return table
    filled = pc.invert(maybe)
    for column in cells.columns[1:]:
        filled = pc.or_(filled, pc.not_equal(pc.utf8_trim_whitespace(column.cast(pa.string())), ""))
    return table.filter(filled)


def _check_whole(content: bytes, start: int, last_line: int, rows: int, rejects: list[Reject], file: str) -> None:
    """Raise SourceError if the file was cut, or if lines and rows disagree."""
    if rejects and not content.endswith(b"\n") and rejects[-1].line == last_line:
        raise SourceError(file, "the last line is cut off", DOWNLOAD_AGAIN, line=last_line, value=rejects[-1].value)
    if rows != last_line - 1:
        body = content[start:]
        line = body[: body.index(b"\r")].count(b"\n") + 2 if b"\r" in body.replace(b"\r\n", b"\n") else last_line
        raise SourceError(file, f"{last_line - 1} lines gave {rows} rows: a line end stands inside a field", DOWNLOAD_AGAIN, line=line)
