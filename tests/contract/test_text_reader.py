"""The reader of text files: strict about shape, exact about lines, for any case, order, encoding and line ends."""

import pytest

from transforms.errors import SourceError
from transforms.raw.text import read_text
from transforms.settings import PROJECT
from transforms.sources.layouts import load_layouts

SPEC = load_layouts(PROJECT / "data").dashboard
NEEDED = {"cds", "studentgroup"}
HEADER = "cds\trtype\tschoolname\tstudentgroup\tcolor\textra"
ROW = "01611190000000\tD\t\tEL\t1\tx"
OTHER, THIRD = ROW.replace("EL", "HOM"), ROW.replace("EL", "SWD")


def read(text: str | bytes):
    return read_text(text if isinstance(text, bytes) else text.encode(), "test.txt", SPEC, NEEDED)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_and_byte_order_marks_do_not_matter(end: str, start: bytes, last: bool) -> None:
    raw = read(start + end.join([HEADER, ROW, ROW.replace("EL", "HOM")]).encode() + (end.encode() if last else b""))
    assert raw.table.column("cds").to_pylist() == ["01611190000000"] * 2
    assert raw.table.column("studentgroup").to_pylist() == ["EL", "HOM"]
    assert raw.table.column("line").to_pylist() == [2, 3]
    assert (raw.rows_in, raw.rows_kept, raw.rejects) == (2, 2, [])


def test_columns_are_matched_by_name_in_any_case_and_order() -> None:
    raw = read("COLOR\tStudentGroup\tCDSCODE\n3\tEL\t01611190000000\n")
    assert raw.table.column("color").to_pylist() == ["3"]
    assert raw.table.column("cds").to_pylist() == ["01611190000000"]


def test_unknown_columns_are_noted_and_missing_ones_are_null() -> None:
    raw = read(f"{HEADER}\n{ROW}\n")
    assert raw.extra_columns == ["extra"]
    assert "statuslevel" in raw.missing_columns
    assert raw.table.column("statuslevel").to_pylist() == [None]


def test_leading_zeros_and_text_are_kept() -> None:
    raw = read(f"{HEADER}\n00000000000000\tX\t 007 \tEL\t01\tNA\n")
    assert raw.table.column("cds").to_pylist() == ["00000000000000"]
    assert raw.table.column("schoolname").to_pylist() == [" 007 "]
    assert raw.table.column("color").to_pylist() == ["01"]


def test_a_stray_quote_does_not_swallow_text() -> None:
    quoted = ROW.replace("\t\t", '\t"Joe\'s "Best School\t')
    raw = read("\n".join([HEADER, quoted, ROW, OTHER]) + "\n")
    assert raw.rows_kept == 3
    assert raw.table.column("schoolname").to_pylist()[0] == '"Joe\'s "Best School'


def test_windows_1252_names_are_read() -> None:
    raw = read(f"{HEADER}\n{ROW}\n".replace("\t\t", "\tLos Niños – Café\t").encode("cp1252"))
    assert raw.encoding == "windows-1252"
    assert raw.table.column("schoolname").to_pylist() == ["Los Niños – Café"]


def test_ragged_lines_are_rejected_with_their_line_numbers() -> None:
    raw = read("\n".join([HEADER, ROW, "too\tshort", OTHER, ROW + "\ttoo\tlong", "", THIRD]) + "\n")
    assert [(r.line, r.reason) for r in raw.rejects] == [
        (3, "the line has 2 fields; the header has 6"),
        (5, "the line has 8 fields; the header has 6"),
    ]
    assert raw.table.column("line").to_pylist() == [2, 4, 7]
    assert raw.rows_in == raw.rows_kept + len(raw.rejects) == 5
    assert raw.notes == ["1 blank lines"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html><body>Not found</body></html>", "line 1: this is a web page"),
        (b"\xef\xbb\xbf\r\n <!DOCTYPE HTML>", "this is a web page"),
        (b"PK\x03\x04rest", "zip archive or a workbook"),
        (f"{HEADER}\n{ROW}\n{ROW[:20]}".encode(), "line 3: the last line is cut off"),
        (f"{HEADER}\n".encode(), "no rows"),
        (f"{HEADER}\n{ROW}\n".replace("studentgroup", "group").encode(), "lacks studentgroup"),
        (f"{HEADER}\tCDS\n{ROW}\t1\n".encode(), "column cds appears twice"),
        (f"{HEADER}\n{ROW}\n".replace("\t\t", "\ta\x00b\t").encode(), "line 2: the file contains a NUL byte"),
        (f"{HEADER}\n{ROW}\n".replace("\t\t", "\ta\rb\t").encode(), "test.txt"),
    ],
)
def test_an_incomplete_table_is_refused_with_the_place(content: bytes, said: str) -> None:
    with pytest.raises(SourceError) as raised:
        read(content)
    assert said in str(raised.value)
