"""Lines that a parser would not accept. Clear damage from handling the file is repaired; otherwise the line is
rejected.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from transforms.raw.header import Header, split_quoted
from transforms.raw.table import Reject

CDS = re.compile(r"(?<![0-9])[0-9]{14}(?![0-9])")
MOST_PIECES = 100  # lines of one row
SHOWN = 5


@dataclass(frozen=True)
class Skipped:
    """A line that is not a row: it has another width, or is not readable."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True)
class RepairedRows:
    """``rows``: line -> fields; ``rejects``: lines that are not rows; ``gone``: lines that belong to the row above."""

    rows: dict[int, list[str]]
    rejects: list[Reject]
    gone: set[int]
    warnings: list[str]


def repair_rows(skipped: Sequence[Skipped], blank: set[int], header: Header) -> RepairedRows:
    """Repair rows with too many or too few blank fields, and rows that a line break in a value split.

    ``blank``: empty lines.
    """
    width, rows, rejects, gone = len(header.headings), {}, [], set()
    trimmed, joined = [], []
    at = 0
    while at < len(skipped):
        s = skipped[at]
        fields = _fields(s.text, header)
        at += 1
        if len(fields) > width and not any(f.strip() for f in fields[width:]):
            rows[s.line] = fields[:width]
            trimmed.append(s.line)
        elif width - header.blank_tail <= len(fields) < width:
            rows[s.line] = fields + [""] * (width - len(fields))
            trimmed.append(s.line)
        else:
            pieces = _pieces(skipped, at - 1, blank, header)
            whole = _rejoined([p.text.split(header.delimiter) for p in pieces])
            at += len(pieces) - 1
            if len(pieces) > 1 and len(whole) == width:
                rows[s.line] = whole
                joined.append(s.line)
                gone |= {p.line for p in pieces[1:]} | (blank & set(range(s.line, pieces[-1].line)))
                continue
            cds = _cds_of(s.text)
            rejects += [
                Reject(p.line, "", p.text[:200], p.reason, _cds_of(p.text) or cds) for p in pieces if p.text.strip()
            ]
    remarks = [
        (
            trimmed,
            "ends with more or fewer blank fields than the header; it is read without them",
            "end with more or fewer blank fields",
        ),
        (
            joined,
            "was joined with the lines below: a line break within a value was removed",
            "were rows broken by a line break within a value; they are joined",
        ),
    ]
    return RepairedRows(rows, rejects, gone, [lines_remark(lines, one, many) for lines, one, many in remarks if lines])


def lines_remark(lines: Sequence[int], one: str, many: str) -> str:
    """Return a remark about lines; it names the first ones."""
    if len(lines) == 1:
        return f"line {lines[0]} {one}"
    more = f" and {len(lines) - SHOWN:,} more" if len(lines) > SHOWN else ""
    return f"{len(lines):,} lines {many}: {', '.join(map(str, lines[:SHOWN]))}{more}"


def _fields(text: str, header: Header) -> list[str]:
    if header.delimiter != ",":
        return text.split(header.delimiter)
    try:
        return split_quoted(text)
    except csv.Error:
        return []


def _pieces(skipped: Sequence[Skipped], first: int, blank: set[int], header: Header) -> list[Skipped]:
    """Return a line with the lines below it that continue its row.

    The line begins as a row and is too short. The lines below do not begin as a row, and end when the width is reached.
    """
    pieces, width = [skipped[first]], len(header.headings)
    fields = skipped[first].text.split(header.delimiter)
    if header.delimiter == "," or not _begins_row(fields, header):
        return pieces
    for s in skipped[first + 1 : first + MOST_PIECES]:
        more = s.text.split(header.delimiter)
        between = set(range(pieces[-1].line + 1, s.line))
        if len(fields) >= width or not between <= blank or _begins_row(more, header):
            break
        pieces.append(s)
        fields = _rejoined([fields, more])
    return pieces


def _begins_row(fields: list[str], header: Header) -> bool:
    at = next((p for p, f in header.fields.items() if f == "cds"), None)
    return at is not None and at < len(fields) and re.fullmatch(r"\s*[0-9]{13,14}\s*", fields[at]) is not None


def _rejoined(pieces: list[list[str]]) -> list[str]:
    whole = list(pieces[0])
    for piece in pieces[1:]:
        whole[-1] = f"{whole[-1]} {piece[0]}".strip()
        whole += piece[1:]
    return whole


def _cds_of(text: str) -> str | None:
    """Return the CDS code in a line, if it contains exactly one."""
    found = set(CDS.findall(text))
    return found.pop() if len(found) == 1 else None


def repeated_lines(table: pa.Table, body: memoryview, first_line: int) -> dict[int, int]:
    """Return each line that repeats an earlier line in every cell -> that line. ``body`` begins with ``first_line``."""
    keys = np.zeros(len(table), np.uint64)
    for name in table.column_names:
        if name != "line":
            keys *= np.uint64(1_000_003)
            keys += _codes(table.column(name))
    order = np.argsort(keys, kind="stable")
    same = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    if not len(same):
        return {}
    suspects = table.column("line").to_numpy()[np.unique(order[np.concatenate([same, same + 1])])]
    lines = bytes(body).split(b"\n")
    seen: dict[bytes, int] = {}
    twice: dict[int, int] = {}
    for line in suspects.tolist():
        text = lines[line - first_line].rstrip(b"\r")
        if seen.setdefault(text, line) != line:
            twice[line] = seen[text]
    return twice


def _codes(column: pa.ChunkedArray) -> npt.NDArray[np.uint64]:
    """Return a number per value, equal for equal texts."""
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    codes = coded.unify_dictionaries().combine_chunks().indices.fill_null(-1).to_numpy(zero_copy_only=False)
    numbers: npt.NDArray[np.uint64] = codes.astype(np.uint64)
    return numbers
