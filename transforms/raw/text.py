"""Read a delimited text file: strict about shape, exact about lines, indifferent to case and order of columns.

Tab and bar files have no quoting, because CDE writes quotes into names as plain characters. But if a spreadsheet has
put a whole value into quotes, they are removed. Comma files follow RFC 4180. Clear damage from handling the file is
repaired and reported.
"""

import csv as quoted
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from transforms.errors import SourceError
from transforms.raw.encoding import BOM, DOWNLOAD_AGAIN, decode
from transforms.raw.header import Header, find_header, split_quoted
from transforms.raw.lines import Skipped, lines_remark, repair_rows, repeated_lines
from transforms.raw.table import RawTable
from transforms.sources.layouts import LayoutSpec

BLOCK = 8 << 20  # bytes
NON_BLANK = re.compile(rb"\S")
CODED = pa.dictionary(pa.int32(), pa.string())  # few texts are in many rows
QUOTED = r'^\s*"((?:[^"]|"")*)"\s*$'


def read_text(content: bytes, file: str, spec: LayoutSpec, needed: set[str]) -> RawTable:
    """Return the layout's columns as text with their line numbers; lines that are not rows become rejects.

    Raises SourceError if the content is not a text table, is cut, or lacks a needed column.
    """
    content, encoding, in_windows = decode(content, file)
    header = find_header(content, file, spec, needed)
    start = header.start
    while content.startswith(BOM, start):  # a byte-order mark after the header, which the parser would silently drop
        start += len(BOM)
    if not NON_BLANK.search(content, start):
        raise SourceError(file, "the file has a header and no rows", DOWNLOAD_AGAIN, line=header.line)
    raw = _read_body(content, start, header, file)
    warnings = (
        [lines_remark(in_windows, "is Windows-1252 and others are UTF-8", "are Windows-1252 and others are UTF-8")]
        if in_windows
        else []
    )
    if header.line > 1:
        warnings.append(f"the header is on line {header.line}; the lines above it are not read")
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        field: pa.nulls(len(raw.table), pa.string()) for field in spec.columns
    }
    columns |= {field: raw.table.column(str(index)) for index, field in header.fields.items()}
    table = pa.table({**columns, "line": raw.table.column("line")}).unify_dictionaries()
    if header.delimiter != ",":
        table = _without_quotes(table)
    return replace(
        raw,
        table=table,
        encoding=encoding,
        missing_columns=sorted(set(spec.columns) - set(header.fields.values())),
        extra_columns=[h for i, h in enumerate(header.headings) if i not in header.fields],
        warnings=[*warnings, *raw.warnings],
    )


def _read_body(content: bytes, start: int, header: Header, file: str) -> RawTable:
    """Return the rows, with columns named by position, and the lines that are not rows."""
    body, first = memoryview(content)[start:], header.line + 1
    warnings: list[str] = []
    skipped: list[Skipped] = []
    if wider := _parse_wider(body, header):
        found = wider[0]
        warnings = [
            f"every line ends with {wider[1]} blank {'field' if wider[1] == 1 else 'fields'} more than the header; it"
            " is read without"
        ]
    elif header.delimiter == ",":
        found, skipped = _parse_quoted(str(body, "utf-8"), header, file)
    else:
        found, skipped = _parse(body, len(header.headings), header, file)
    last_line = content.count(b"\n", start) + (not content.endswith(b"\n")) + header.line
    left_out = {s.line for s in skipped}
    lines = (
        np.setdiff1d(np.arange(first, last_line + 1), list(left_out)) if left_out else np.arange(first, last_line + 1)
    )
    _check_lines(content, start, header, len(found) + len(skipped), last_line, file)
    table = _without_blank_rows(found.append_column("line", pa.array(lines, pa.int64())))
    gone: set[int] = set()
    rejects = []
    if skipped:
        empty = set(lines.tolist()) - set(table.column("line").to_pylist())
        repaired = repair_rows(skipped, empty, header)
        rejects, gone, warnings = repaired.rejects, repaired.gone, repaired.warnings
        if rejects and not content.endswith(b"\n") and rejects[-1].line == last_line:
            raise SourceError(file, "the last line is cut off", DOWNLOAD_AGAIN, line=last_line, value=rejects[-1].value)
        if repaired.rows:
            table = _with_rows(table, repaired.rows)
    twice = repeated_lines(table, body, first)
    if twice:
        table = table.filter(pc.invert(pc.is_in(table.column("line"), pa.array(sorted(twice), pa.int64()))))
        again = sorted(twice)
        warnings.append(
            lines_remark(
                again,
                f"repeats line {twice[again[0]]} in every cell; it is read once",
                "repeat another line in every cell; each is read once",
            )
        )
    blank = last_line - header.line - len(table) - len(rejects) - len(gone) - len(twice)
    notes = [f"{blank} blank lines"] if blank else []
    return RawTable(table, rejects, len(table) + len(rejects), len(table), notes=notes, warnings=warnings)


def _with_rows(table: pa.Table, rows: dict[int, list[str]]) -> pa.Table:
    """Return the table with more rows, in the order of lines."""
    names = [n for n in table.column_names if n != "line"]
    more = {n: pa.array([fields[int(n)] for fields in rows.values()], pa.string()) for n in names}
    plain = pa.table({n: table.column(n).cast(pa.string()) for n in names} | {"line": table.column("line")})
    whole = pa.concat_tables([plain, pa.table({**more, "line": pa.array(list(rows), pa.int64())})])
    ordered = whole.take(pc.sort_indices(whole.column("line")))
    return pa.table({n: ordered.column(n).dictionary_encode() for n in names} | {"line": ordered.column("line")})


def _without_quotes(table: pa.Table) -> pa.Table:
    """Return the values without quotes around the whole value; a quote elsewhere is a character."""
    for position, name in enumerate(table.column_names):
        column = table.column(name)
        if name == "line" or not column.num_chunks or not pa.types.is_dictionary(column.type):
            continue
        if pc.any(pc.match_substring_regex(column.chunk(0).dictionary, QUOTED)).as_py():
            texts = column.cast(pa.string())
            bare = pc.replace_substring(pc.replace_substring_regex(texts, QUOTED, r"\1"), '""', '"')
            texts = pc.if_else(pc.match_substring_regex(texts, QUOTED), bare, texts)
            table = table.set_column(position, name, texts.dictionary_encode())
    return table


def _wrong_width(fields: int, width: int) -> str:
    return f"the line has {fields} fields; the header has {width}"


def _parse(body: memoryview, width: int, header: Header, file: str) -> tuple[pa.Table, list[Skipped]]:
    """Return rows of the right width, and all other lines.

    Quotes are plain characters, so that one stray quote does not swallow lines. Only columns that are read are built,
    but all of them if some line may be blank. Each file takes one thread, because several files are read at once.
    """
    names = [str(i) for i in range(width)]
    skipped: list[Skipped] = []

    def skip(row: csv.InvalidRow) -> str:
        skipped.append(
            Skipped(row.number + header.line, row.text, _wrong_width(row.text.count(header.delimiter) + 1, width))
        )
        return "skip"

    table = _parse_uniform(body, width, header, [names[i] for i in header.fields])
    if table is not None:
        return table, skipped
    # Row numbers are known only on one thread, in one block.
    whole = csv.ReadOptions(column_names=names, use_threads=False, block_size=max(len(body) + 1, 1 << 20))
    options = csv.ParseOptions(**_options(header), invalid_row_handler=skip)
    try:
        return csv.read_csv(pa.BufferReader(pa.py_buffer(body)), whole, options, _convert(names)), skipped
    except pa.ArrowInvalid as error:
        raise SourceError(file, f"the lines cannot be read as rows ({error})", DOWNLOAD_AGAIN) from error


def _parse_uniform(body: memoryview, width: int, header: Header, columns: list[str]) -> pa.Table | None:
    """Return the columns if every line has the same width and none may be blank, else None."""
    names = csv.ReadOptions(column_names=[str(i) for i in range(width)], use_threads=False, block_size=BLOCK)
    try:
        table = csv.read_csv(
            pa.BufferReader(pa.py_buffer(body)), names, csv.ParseOptions(**_options(header)), _convert(columns)
        )
    except pa.ArrowInvalid:
        return None
    return None if _may_be_blank(table) else table


def _options(header: Header) -> dict[str, Any]:
    return {"delimiter": header.delimiter, "quote_char": False, "double_quote": False, "ignore_empty_lines": False}


def _parse_wider(body: memoryview, header: Header) -> tuple[pa.Table, int] | None:
    """Return the columns and the number of extra fields if every line has the same extra blank fields, else None."""
    width = len(header.headings)
    surplus = bytes(body[: 1 << 20]).split(b"\n", 1)[0].count(header.delimiter.encode()) + 1 - width
    if surplus <= 0 or header.delimiter == ",":
        return None
    more = [str(i) for i in range(width, width + surplus)]
    table = _parse_uniform(body, width + surplus, header, [*(str(i) for i in header.fields), *more])
    if table is None or any(
        pc.any(pc.not_equal(pc.utf8_trim_whitespace(table.column(n).cast(pa.string())), "")).as_py() for n in more
    ):
        return None
    return table.drop_columns(more), surplus


def _convert(columns: list[str]) -> csv.ConvertOptions:
    """Convert to coded texts. They are known to be UTF-8."""
    return csv.ConvertOptions(
        column_types=dict.fromkeys(columns, CODED), strings_can_be_null=False, include_columns=columns, check_utf8=False
    )


def _may_be_blank(table: pa.Table) -> bool:
    """Return True if the first of the columns is empty anywhere.

    An empty line looks like that, and so may a row with values elsewhere.
    """
    return bool(pc.any(_is_empty(table.column(0))).as_py())


def _is_empty(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.equal(column.cast(pa.string()), "")


def _parse_quoted(body: str, header: Header, file: str) -> tuple[pa.Table, list[Skipped]]:
    """Return the rows and all other lines of a comma file, line by line.

    Raises SourceError if a quoted value is still open at the end of its line.
    """
    width = len(header.headings)
    columns: list[list[str]] = [[] for _ in range(width)]
    skipped: list[Skipped] = []
    for number, ended in enumerate(body.removesuffix("\n").split("\n"), header.line + 1):
        line = ended.removesuffix("\r")
        if "\r" in line:
            raise SourceError(
                file, "the line contains a line break without a line feed", DOWNLOAD_AGAIN, line=number, value=line
            )
        try:
            values = split_quoted(line)
        except quoted.Error as error:
            if line.count('"') % 2:
                problem = (
                    "a quoted value is not closed on its line: an extra or missing quotation mark, or a line break"
                    " within the value"
                )
                raise SourceError(
                    file, problem, "Correct or remove the quotation mark.", line=number, value=line
                ) from error
            skipped.append(Skipped(number, line, f"the quotation marks of the line do not match: {error}"))
            continue
        if len(values) == width:
            for column, value in zip(columns, values, strict=True):
                column.append(value)
        else:
            skipped.append(Skipped(number, line, _wrong_width(len(values), width)))
    return pa.table({str(i): pa.array(column, pa.string()) for i, column in enumerate(columns)}), skipped


def _without_blank_rows(table: pa.Table) -> pa.Table:
    """Drop rows without any value; the parser turns an empty line into one."""
    cells = table.drop_columns(["line"])
    maybe = _is_empty(cells.column(0))
    if not pc.any(maybe).as_py():
        return table
    filled = pc.invert(maybe)
    for column in cells.columns[1:]:
        filled = pc.or_(filled, pc.not_equal(pc.utf8_trim_whitespace(column.cast(pa.string())), ""))
    return table.filter(filled)


def _check_lines(content: bytes, start: int, header: Header, rows: int, last_line: int, file: str) -> None:
    if rows != last_line - header.line:
        body = content[start:]
        line = (
            body[: body.index(b"\r")].count(b"\n") + header.line + 1
            if b"\r" in body.replace(b"\r\n", b"\n")
            else last_line
        )
        problem = f"{last_line - header.line} lines gave {rows} rows: a line break is inside a field"
        raise SourceError(file, problem, DOWNLOAD_AGAIN, line=line)
