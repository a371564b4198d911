"""Text files with one defect each: refused with file, place and advice, or read with the bad line rejected."""

from collections.abc import Callable
from pathlib import Path

import pytest

from transforms.errors import SourceError
from transforms.raw.table import RawTable
from transforms.raw.text import read_text
from transforms.settings import PROJECT
from transforms.sources.layouts import load_layouts

LAYOUTS = load_layouts(PROJECT / "data")
SLICES = Path(__file__).parent / "slices"
WHOLE = (SLICES / "graddownload2018.txt").read_bytes().replace(b"\r\n", b"\n")
NEEDED = {*LAYOUTS.dashboard.always, "studentgroup", "color", "currdenom", "currstatus"}
HEADER, *ROWS = WHOLE.decode().removesuffix("\n").split("\n")
COLUMNS = HEADER.lower().split("\t")


def read(content: bytes) -> RawTable:
    return read_text(content, "graddownload2018.txt", LAYOUTS.dashboard, NEEDED)


def lines(*content: str, end: str = "\n") -> bytes:
    return "".join(line + end for line in content).encode()


def with_value(column: str, value: str) -> bytes:
    """Return the slice with one value of its first row changed."""
    cells = ROWS[0].split("\t")
    cells[COLUMNS.index(column)] = value
    return lines(HEADER, "\t".join(cells), *ROWS[1:])


def without_column(column: str) -> bytes:
    at = COLUMNS.index(column)
    return lines(*("\t".join(c for i, c in enumerate(line.split("\t")) if i != at) for line in (HEADER, *ROWS)))


REFUSED: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "html_page": (b"<!DOCTYPE html>\n<html><body>Page not found</body></html>", ("line 1", "web page", "Download")),
    "xml_page": (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', ("line 1", "web page")),
    "cut_last_line": (WHOLE[:-60], ("line 6", "the last line is cut off")),
    "cut_in_the_header": (WHOLE[:40], ("line 1", "lacks")),
    "nul_byte": (lines(HEADER, ROWS[0], "\x00" + ROWS[1], *ROWS[2:]), ("NUL byte", "line 3")),
    "duplicate_column": (WHOLE.replace(b"safetynet", b"COLOR"), ("line 1", "column color appears twice")),
    "two_spellings_of_one_column": (WHOLE.replace(b"priornumer", b"cdscode"), ("line 1", "column cds appears twice")),
    "missing_cds": (without_column("cds"), ("line 1", "column cds", "lacks cds", "layouts.toml")),
    "missing_color": (without_column("color"), ("line 1", "lacks color")),
    "utf16": (WHOLE.decode().encode("utf-16"), ("line 1", "UTF-16")),
    "utf16_without_mark": (WHOLE.decode().encode("utf-16-le"), ("line 1", "NUL byte")),
    "empty_file": (b"", ("lacks",)),
    "only_blanks": (b"\n \n\n", ("lacks",)),
    "header_only": (lines(HEADER), ("line 1", "a header and no rows")),
    "header_and_blank_lines": (lines(HEADER, "", "  "), ("a header and no rows",)),
    "header_and_a_byte_order_mark": (lines(HEADER, "\ufeff"), ("a header and no rows",)),
    "header_missing": (lines(*ROWS), ("line 1", "lacks")),
    "mac_line_ends": (WHOLE.replace(b"\n", b"\r"), ("line 1", "old Macs")),
    "mac_line_end_in_a_row": (lines(HEADER, ROWS[0].replace("\t", "\r\t", 1), *ROWS[1:]), ("line 2", "line break")),
    "workbook_named_as_text": (b"PK\x03\x04" + WHOLE, ("zip archive or a workbook",)),
    "xls_named_as_text": (b"\xd0\xcf\x11\xe0" + WHOLE, ("this is a workbook",)),
    "blanks_instead_of_tabs": (WHOLE.replace(b"\t", b"    "), ("line 1", "lacks")),
}


@pytest.mark.parametrize("defect", REFUSED)
def test_refused(defect: str) -> None:
    content, said = REFUSED[defect]
    with pytest.raises(SourceError) as raised:
        read(content)
    for part in ("graddownload2018.txt", *said):
        assert part in str(raised.value)
    assert str(raised.value).endswith(".")  # the advice


def first(column: str) -> Callable[[RawTable], str]:
    return lambda raw: raw.table[column].to_pylist()[0]


# The damage to the file, rows kept, lines rejected, and what the reader must report or keep unchanged.
READ: dict[str, tuple[bytes, int, list[int], Callable[[RawTable], object], object]] = {
    "nothing": (WHOLE, 5, [], lambda r: r.encoding, "utf-8"),
    "bom": (b"\xef\xbb\xbf" + WHOLE, 5, [], lambda r: r.encoding, "utf-8"),
    "windows_line_ends": (WHOLE.replace(b"\n", b"\r\n"), 5, [], first("reportingyear"), "2018"),
    "no_last_line_end": (WHOLE[:-1], 5, [], lambda r: r.table["line"].to_pylist(), [2, 3, 4, 5, 6]),
    "windows_1252": (
        with_value("districtname", "Cañada – Niño").decode().encode("cp1252"),
        5,
        [],
        first("districtname"),
        "Cañada – Niño",
    ),
    "windows_1252_with_bom": (
        b"\xef\xbb\xbf" + with_value("districtname", "Cañada").decode().encode("cp1252"),
        5,
        [],
        first("districtname"),
        "Cañada",
    ),
    "bom_after_header": (
        lines(HEADER, "\ufeff" + ROWS[0], *ROWS[1:]),
        5,
        [],
        first("cds"),
        ROWS[0].split("\t")[0],
    ),
    "undefined_byte": (
        with_value("districtname", "Ca?ada").replace(b"?", b"\x81"),
        5,
        [],
        first("districtname"),
        "Ca\ufffdada",
    ),
    "ragged_line": (
        lines(HEADER, ROWS[0] + "\tmore", *ROWS[1:]),
        4,
        [2],
        lambda r: r.rejects[0].reason.split(";")[0],
        "the line has 23 fields",
    ),
    "short_line": (
        lines(HEADER, ROWS[0], "01\tD", *ROWS[2:]),
        4,
        [3],
        lambda r: r.rejects[0].reason.split(";")[0],
        "the line has 2 fields",
    ),
    "note_below_the_table": (WHOLE + b"Source: CDE\n", 5, [7], lambda r: r.rejects[0].value, "Source: CDE"),
    "all_lines_ragged": (lines(HEADER, "a", "b"), 0, [2, 3], lambda r: r.rows_in, 2),
    "stray_quote": (with_value("schoolname", '"Joe\'s "Best'), 5, [], first("schoolname"), '"Joe\'s "Best'),
    "comma_in_a_name": (with_value("schoolname", "King, Jr."), 5, [], first("schoolname"), "King, Jr."),
    "blank_rows": (
        lines(HEADER, ROWS[0], "", "\t" * HEADER.count("\t"), "   ", *ROWS[1:]),
        5,
        [],
        lambda r: r.notes,
        ["3 blank lines"],
    ),
    "blank_rows_at_the_end": (WHOLE + b"\n\r\n\n", 5, [], lambda r: r.table["line"].to_pylist(), [2, 3, 4, 5, 6]),
    # The reader does not judge what a value means: the tables that use it refuse these by line, column and value
    # (tests/pipeline).
    "thirteen_digit_cds": (with_value("cds", "1611190000000"), 5, [], first("cds"), "1611190000000"),
    "number_with_thousands_separator": (with_value("currdenom", "1,234"), 5, [], first("currdenom"), "1,234"),
    "unknown_color": (with_value("color", "7"), 5, [], first("color"), "7"),
    "cds_as_a_number": (with_value("cds", "1.61119E+12"), 5, [], first("cds"), "1.61119E+12"),
    "blanks_around_a_value": (with_value("color", " 1 "), 5, [], first("color"), " 1 "),
    "other_unicode_line_ends": (
        with_value("schoolname", "a\u2028b\x0bc\x85d"),
        5,
        [],
        first("schoolname"),
        "a\u2028b\x0bc\x85d",
    ),
    "giant_field": (with_value("schoolname", "x" * 3_000_000), 5, [], lambda r: len(first("schoolname")(r)), 3_000_000),
}


@pytest.mark.parametrize("defect", READ)
def test_a_bad_line_is_rejected_and_the_rest_is_read(defect: str) -> None:
    content, kept, aside, ask, answer = READ[defect]
    raw = read(content)
    assert (raw.rows_kept, [r.line for r in raw.rejects]) == (kept, aside)
    assert raw.rows_in == raw.rows_kept + len(raw.rejects)
    assert len(raw.table) == kept
    assert ask(raw) == answer


SCHOOLS = "CDSCode,District,StatusType,School"
NAMED = '01611190000000,Alameda Unified,Active,"King, Jr. ""Best"" School"'
PLAIN = "27660680000000,South Monterey,Active,No Data"


def read_commas(*content: str, end: str = "\n") -> RawTable:
    return read_text(lines(*content, end=end), "pubschls.csv", LAYOUTS.directory, set(LAYOUTS.directory.always))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_commas_and_quotes_within_quoted_values(end: str) -> None:
    raw = read_commas(SCHOOLS, NAMED, "", PLAIN, ",,,", end=end)
    assert raw.table["school"].to_pylist() == ['King, Jr. "Best" School', "No Data"]
    assert raw.table["line"].to_pylist() == [2, 4]
    assert (raw.rows_in, raw.rows_kept, raw.notes) == (2, 2, ["2 blank lines"])


def test_a_quoted_header() -> None:
    raw = read_commas('"CDSCode","District","StatusType","School, or site"', PLAIN)
    assert raw.table["cds"].to_pylist() == ["27660680000000"]
    assert raw.extra_columns == ["School, or site"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('0161,"Alameda" Unified,Active,"x"', "the quotation marks of the line do not match"),
        ("0161,King, Jr.,Active,x", "the line has 5 fields; the header has 4"),
        ('0161,King "Best, Jr.",Active,x', "the line has 5 fields; the header has 4"),
        ("0161,Alameda", "the line has 2 fields; the header has 4"),
        (
            f"0161,Alameda,Active,{'x' * 200_000}",
            "the quotation marks of the line do not match: field larger than field limit",
        ),
    ],
)
def test_comma_lines_with_a_wrong_field_count_are_rejected(line: str, reason: str) -> None:
    raw = read_commas(SCHOOLS, PLAIN, line, NAMED)
    assert [r.line for r in raw.rejects] == [3]
    assert raw.rejects[0].reason.startswith(reason)
    assert raw.table["line"].to_pylist() == [2, 4]
    assert raw.rows_in == 3


def test_a_quote_inside_an_unquoted_value_is_kept() -> None:
    raw = read_commas(SCHOOLS, '0161,6" Pipe District,Active,x', PLAIN)
    assert raw.table["district"].to_pylist() == ['6" Pipe District', "South Monterey"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            (SCHOOLS, PLAIN, '0161,"Alameda,Active,x', PLAIN, PLAIN),
            ("line 3", "not closed on its line", "Correct or remove the quotation mark"),
        ),
        ((SCHOOLS, '0161,"Alameda', 'Unified",Active,x', PLAIN), ("line 2", "a line break within the value")),
        ((SCHOOLS, '0161,"Alameda\rUnified",Active,x', PLAIN), ("line 2", "line break without a line feed")),
        ((SCHOOLS.replace("District", '"District'), PLAIN), ("line 1", "a quotation mark in the header")),
        ((SCHOOLS.replace("StatusType", "Status"), PLAIN), ("line 1", "lacks status")),
        ((SCHOOLS,), ("no rows",)),
    ],
)
def test_an_open_quote_does_not_swallow_lines(content: tuple[str, ...], said: tuple[str, ...]) -> None:
    with pytest.raises(SourceError) as raised:
        read_commas(*content)
    for part in ("pubschls.csv", *said):
        assert part in str(raised.value)


def test_a_truncated_comma_file_is_refused() -> None:
    with pytest.raises(SourceError, match="line 3: the last line is cut off"):
        read_text(f"{SCHOOLS}\n{PLAIN}\n27660680000000,So".encode(), "pubschls.csv", LAYOUTS.directory, {"cds"})
