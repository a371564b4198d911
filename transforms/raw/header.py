"""Find the header of a text file, below a title if there is one, and split it as its layout requires."""

import csv as quoted
from dataclasses import dataclass

from transforms.errors import SourceError
from transforms.raw.encoding import DOWNLOAD_AGAIN
from transforms.sources.layouts import LayoutSpec

WITHIN = 10  # lines from the top
NAMES = {"\t": "tabs", "|": "bars", ",": "commas", ";": "semicolons", ":": "colons"}


@dataclass(frozen=True)
class Header:
    """``line`` counts from 1; ``start``: first byte after the header; ``fields``: position -> canonical column."""

    line: int
    start: int
    delimiter: str
    headings: list[str]
    fields: dict[int, str]

    @property
    def blank_tail(self) -> int:
        """Number of blank headings at the end."""
        return next((n for n, h in enumerate(reversed(self.headings)) if h), len(self.headings))


def find_header(content: bytes, file: str, spec: LayoutSpec, needed: set[str]) -> Header:
    """Return the first line that has every needed column.

    Raises SourceError if no line has them, or if the delimiter is not one of the layout's.
    """
    lines: list[tuple[int, str]] = []  # where the next line begins, and the text of this one
    at = 0
    while len(lines) < WITHIN and at <= len(content):
        end = content.find(b"\n", at)
        end = len(content) if end < 0 else end
        lines.append((end + 1, content[at:end].decode().removesuffix("\r")))
        at = end + 1
    if "\r" in lines[0][1]:
        raise SourceError(
            file,
            "the header has a line end without a line feed, as old Macs wrote it",
            "Save the file with standard line endings.",
            line=1,
        )
    for number, (following, text) in enumerate(lines, 1):
        for delimiter in dict.fromkeys([*spec.delimiters, *NAMES]):
            headings = _headings(text, delimiter)
            if needed <= {spec.canonical(h) for h in headings}:
                _check_delimiter(delimiter, number, file, spec)
                return Header(number, following, delimiter, headings, _match_columns(headings, file, number, spec))
    raise _no_header(lines[0][1], file, spec, needed)


def _no_header(first: str, file: str, spec: LayoutSpec, needed: set[str]) -> SourceError:
    """Return the cause: columns with another delimiter, or columns that are missing from the first line."""
    known = {
        d: len({spec.canonical(h) for h in _headings(first, d)} - {None})
        for d in dict.fromkeys([*spec.delimiters, *NAMES])
    }
    delimiter = max(known, key=lambda d: known[d])
    if known[delimiter] > 1:
        _check_delimiter(delimiter, 1, file, spec)
    headings = _headings(first, delimiter)
    if delimiter == "," and headings == [first]:
        try:
            split_quoted(first)
        except quoted.Error as error:
            return SourceError(
                file, f"a quotation mark in the header is out of place ({error})", DOWNLOAD_AGAIN, line=1, value=first
            )
    _match_columns(headings, file, 1, spec)
    missing = sorted(needed - {spec.canonical(h) for h in headings})
    advice = "Download the file again, or add the new name to data/layouts.toml."
    return SourceError(
        file, f"the header lacks {', '.join(missing)}", advice, line=1, column=missing[0], value=" | ".join(headings)
    )


def _check_delimiter(delimiter: str, line: int, file: str, spec: LayoutSpec) -> None:
    if delimiter not in spec.delimiters:
        expected = " or ".join(NAMES[d] for d in spec.delimiters)
        problem = f"the columns are separated by {NAMES[delimiter]}; {expected} are expected"
        raise SourceError(file, problem, "Download the file again; do not save it from a spreadsheet.", line=line)


def _match_columns(headings: list[str], file: str, line: int, spec: LayoutSpec) -> dict[int, str]:
    """Return position -> canonical column. Raises SourceError for a duplicate column."""
    fields: dict[int, str] = {}
    for position, heading in enumerate(headings):
        field = spec.canonical(heading)
        if field is not None and field in fields.values():
            raise SourceError(
                file, f"column {field} appears twice in the header", "Keep one of them.", line=line, column=heading
            )
        if field is not None:
            fields[position] = field
    return fields


def _headings(line: str, delimiter: str) -> list[str]:
    if delimiter != ",":
        return [h.strip().strip('"') for h in line.split(delimiter)]
    try:
        return [h.strip() for h in split_quoted(line)]
    except quoted.Error:
        return [line]


def split_quoted(line: str) -> list[str]:
    """Return the values of one line. Raises csv.Error if quotes do not close or do not enclose the whole value."""
    return next(quoted.reader([line], strict=True), [])
