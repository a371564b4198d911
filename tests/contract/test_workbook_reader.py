"""The reader of workbooks: only values, nothing hidden, nothing that grows.

Each refusal names the file, the problem and what to do.
"""

import io
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest

from tests.contract.writing import as_compound, as_shared_xlsx, as_xls, as_xlsx, formula, number, record
from tests.workplace import SAMPLE
from transforms.errors import SourceError
from transforms.raw import sheet_facts, xlsx_archive
from transforms.raw import xls_archive as compound
from transforms.raw.table import RawTable
from transforms.raw.workbook import read_workbook
from transforms.settings import PROJECT
from transforms.sources.layouts import load_layouts

SPEC = load_layouts(PROJECT / "data").assistance
TABLE = [
    ["CDS", "LEAname", "ELpriorities"],
    ["01100170000000", "Alameda", "A"],
    ["27660680000000", "South Monterey", "B, C"],
]
NEW = as_xlsx({"Layout": [["Field"], ["CDS"]], "District and COE 2024": TABLE})
OLD = as_xls({"Layout": [["Field"], ["CDS"]], "District and COE 2024": TABLE})
SHEET = "xl/worksheets/sheet2.xml"
REAL = (SAMPLE / "assistancestatus24.xlsx").read_bytes()


def read(content: bytes, file: str = "book.xlsx") -> RawTable:
    return read_workbook(content, file, SPEC, {"cds"}, 2024)


def repacked(
    changes: dict[str, Callable[[bytes], bytes] | None] | None = None,
    more: dict[str, bytes] | None = None,
    content: bytes = NEW,
) -> bytes:
    """Return the workbook with parts changed, left out (None) or added."""
    changes = changes or {}
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        assert set(changes) <= set(old.namelist())
        for name in old.namelist():
            change = changes.get(name, lambda data: data)
            if change is not None:
                new.writestr(name, change(old.read(name)))
        for name, data in (more or {}).items():
            new.writestr(name, data)
    return target.getvalue()


def replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert old.encode() in data
        return data.replace(old.encode(), new.encode(), 1)

    return change


def with_cells(cells: str) -> bytes:
    """Return a workbook with more rows below the table."""
    return repacked({SHEET: replaced("</sheetData>", cells + "</sheetData>")})


def with_false_sizes(size: int) -> bytes:
    """Return a workbook with a part that unpacks to ``size`` bytes but declares 100 in both headers."""
    content = bytearray(repacked(more={"xl/media/image.bin": b"\x00" * size}))
    told = struct.pack("<I", size)
    while (at := content.find(told)) >= 0:
        content[at : at + 4] = struct.pack("<I", 100)
    return bytes(content)


def flagged_encrypted() -> bytes:
    content = bytearray(NEW)
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 1)
    return bytes(content)


def with_duplicate_entry() -> bytes:
    target = io.BytesIO(NEW)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(SHEET.upper(), b"<worksheet/>")
    return target.getvalue()


def with_damaged_sheet() -> bytes:
    """Return a workbook with one byte of the packed sheet changed and an intact directory."""
    with zipfile.ZipFile(io.BytesIO(NEW)) as archive:
        at = archive.getinfo(SHEET).header_offset + 30 + len(SHEET) + 40
    return NEW[:at] + bytes([NEW[at] ^ 0xFF]) + NEW[at + 1 :]


FORMULA = '<row r="9"><c r="A9"><f>1+1</f><v>2</v></c></row>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
RELS = "xl/_rels/workbook.xml.rels"
EXTERNAL = (
    '<Relationship Id="x9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"'
    ' Target="other.xml"/></Relationships>'
)
MACROS = '<Override PartName="/xl/m.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'

REFUSED: dict[str, tuple[Callable[[], bytes], tuple[str, ...]]] = {
    "empty_file": (lambda: b"", ("line 1", "this is not a workbook")),
    "html_page": (lambda: b"<html>Sorry</html>", ("this is not a workbook", "<html>Sorry")),
    "text_file": (lambda: b"CDS\tname\n1\t2\n", ("this is not a workbook",)),
    "other_archive": (
        lambda: repacked(dict.fromkeys(zipfile.ZipFile(io.BytesIO(NEW)).namelist()), {"a.txt": b"x"}),
        ("this archive is not a workbook",),
    ),
    "binary_workbook": (
        lambda: repacked({"xl/workbook.xml": None}, {"xl/workbook.bin": b"x"}),
        ("lacks xl/workbook.xml", "Save the workbook as .xlsx"),
    ),
    "truncated_zip": (lambda: NEW[: len(NEW) // 2], ("cut off or damaged",)),
    "last_byte_cut": (lambda: NEW[:-1], ("cut off or damaged",)),
    "start_cut": (lambda: NEW[100:], ("this is not a workbook",)),
    "damaged_inside": (with_damaged_sheet, ("xl/worksheets/sheet2.xml", "Download the file again")),
    "bytes_before_archive": (lambda: b"PK\x03\x04" + NEW, ("do not start with the file",)),
    "sheet_part_missing": (lambda: repacked({SHEET: None}), ("has no separate part",)),
    "two_sheets_of_one_part": (
        lambda: repacked({RELS: replaced("sheet2.xml", "sheet1.xml")}),
        ("has no separate part",),
    ),
    "a_second_workbook": (lambda: repacked(more={"yl/workbook.xml": b"<workbook/>"}), ("a second workbook",)),
    "duplicate_entry": (with_duplicate_entry, ("an entry appears twice",)),
    "entry_outside": (lambda: repacked(more={"../../etc/x": b""}), ("a path outside itself",)),
    "false_declared_sizes": (lambda: with_false_sizes(50_001), ("does not match the archive's directory",)),
    "encrypted_entries": (flagged_encrypted, ("encrypted", "without a password")),
    "encrypted_package": (
        lambda: as_compound({"EncryptionInfo": b"x", "EncryptedPackage": b"y" * 5000}),
        ("encrypted", "without a password"),
    ),
    "macros": (lambda: repacked(more={"xl/vbaProject.bin": b"x"}), ("macros", "vbaproject.bin", "as CDE published it")),
    "macros_by_type": (lambda: repacked({"[Content_Types].xml": replaced("</Types>", MACROS)}), ("macros",)),
    "macro_sheet": (lambda: repacked(more={"xl/macrosheets/sheet1.xml": b"<a/>"}), ("macros",)),
    "external_link": (
        lambda: repacked(more={"xl/externalLinks/externalLink1.xml": b"<a/>"}),
        ("links to other workbooks",),
    ),
    "external_link_relationship": (
        lambda: repacked({RELS: replaced("</Relationships>", EXTERNAL)}),
        ("links to other workbooks",),
    ),
    "formula": (
        lambda: with_cells(FORMULA),
        ("line 9", "cell A9 of sheet 'District and COE 2024' contains a formula", "as CDE published it"),
    ),
    "shared_formula": (
        lambda: with_cells('<row r="9"><c r="AB9"><f t="shared" si="0"/><v>2</v></c></row>'),
        ("cell AB9",),
    ),
    "formula_without_address": (
        lambda: with_cells("<row><c><v>1</v></c><c><f>A1</f><v>2</v></c></row>"),
        ("line 4", "cell B4"),
    ),
    "formula_under_a_prefix": (lambda: with_cells(FORMULA.replace("<f", "<m:f").replace("</f", "</m:f")), ("cell A9",)),
    "entity_expansion": (lambda: repacked({SHEET: lambda d: LAUGHS.encode() + d}), ("document type", SHEET)),
    "entity_expansion_in_strings": (
        lambda: repacked(
            {"xl/sharedStrings.xml": lambda d: d.replace(b"<sst", LAUGHS.encode() + b"<sst")},
            content=as_shared_xlsx(TABLE),
        ),
        ("document type", "xl/sharedStrings.xml"),
    ),
    "broken_xml": (lambda: repacked({SHEET: lambda d: d[:-30]}), ("cut off or damaged", SHEET)),
    "other_encoding": (
        lambda: repacked({SHEET: lambda d: b'<?xml version="1.0" encoding="cp037"?>' + d}),
        ("not UTF-8", "cp037"),
    ),
    "unknown_encoding": (
        lambda: repacked({SHEET: lambda d: b'<?xml version="1.0" encoding="UTF-9"?>' + d}),
        ("not UTF-8", "UTF-9"),
    ),
    "utf16_part": (lambda: repacked({SHEET: lambda d: d.decode().encode("utf-16")}), ("cut off or damaged",)),
    "deep_xml": (lambda: with_cells("<a>" * 100 + "</a>" * 100), ("more than 64 deep",)),
    "far_cell": (
        lambda: with_cells('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        ("more than 5,000,000 cells", "Delete the cells far"),
    ),
    "impossible_cell": (lambda: with_cells('<row r="9"><c r="A99999999"><v>1</v></c></row>'), ("cut off or damaged",)),
    "impossible_row": (lambda: with_cells('<row r="-1"><c><v>1</v></c></row>'), ("cut off or damaged",)),
    "missing_shared_string": (
        lambda: with_cells('<row r="9"><c r="A9" t="s"><v>999999</v></c></row>'),
        ("cut off or damaged",),
    ),
    "no_table": (
        lambda: as_xlsx({"Sheet1": [["a", "b"], ["1", "2"]]}),
        ("no visible sheet has a header row with CDS", "Sheet1"),
    ),
    "column_twice": (
        lambda: as_xlsx({"2024": [[*TABLE[0], "EL_priorities"], [*TABLE[1], "A"]]}),
        ("line 1", "letter:el appears twice"),
    ),
    "xls_cut_in_the_middle": (lambda: OLD[: len(OLD) // 2], ("cut off or damaged",)),
    "xls_cut_at_the_end": (lambda: OLD[:-1], ("cut off or damaged",)),
    "xls_first_bytes_only": (lambda: OLD[:20], ("cut off or damaged",)),
    "xls_without_workbook": (lambda: as_compound({"WordDocument": b"x" * 5000}), ("not a workbook of Excel 97",)),
    "xls_macros": (lambda: as_compound({"Workbook": b"x" * 5000, "_VBA_PROJECT_CUR": b"x"}), ("macros",)),
    "xls_macro_sheet": (lambda: as_xls({"2024": TABLE}, sort=1), ("macros",)),
    "xls_password": (lambda: as_xls({"2024": TABLE}, extra_globals=record(0x002F, bytes(6))), ("encrypted",)),
    "xls_formula": (
        lambda: as_xls({"2024": TABLE}, extra_cells=formula(8, 27)),
        ("line 9", "cell AB9 of sheet '2024' contains a formula"),
    ),
    "xls_external_link": (
        lambda: as_xls({"2024": TABLE}, extra_globals=record(0x01AE, b"\x01\x00\x05\x00\x00other")),
        ("links to other workbooks",),
    ),
    "xls_far_cell": (
        lambda: as_xls({"2024": TABLE}, extra_cells=record(0x0203, struct.pack("<HHHd", 65535, 255, 0, 1.0))),
        ("more than 5,000,000 cells",),
    ),
    "xls_of_excel_95": (
        lambda: OLD.replace(b"\x09\x08\x10\x00\x00\x06", b"\x09\x08\x10\x00\x00\x05", 1),
        ("older than Excel 97",),
    ),
}


@pytest.mark.parametrize("defect", REFUSED)
def test_refused(defect: str) -> None:
    make, said = REFUSED[defect]
    with pytest.raises(SourceError) as raised:
        read(make())
    for part in ("book.xlsx", *said):
        assert part in str(raised.value)


@pytest.mark.parametrize("content", [NEW, OLD], ids=["new", "old"])
def test_a_plain_workbook_is_read(content: bytes) -> None:
    raw = read(content)
    cells = {(c["line"], c["field"]): c["value"] for c in raw.table.to_pylist()}
    assert cells[(3, "letter:el")] == "B, C"
    assert cells[(2, "cds")] == "01100170000000"
    assert (raw.rows_in, raw.rows_kept, raw.sheet) == (2, 2, "District and COE 2024")


def test_empty_shared_strings_do_not_shift_others() -> None:
    """An empty shared string must not shift those after it."""
    raw = read(as_shared_xlsx([*TABLE, ["19101990000000", "", "K"], ["58105870000000", "Los Niños & Sons", "A"]]))
    rows = {line: {c["field"]: c["value"] for c in raw.table.to_pylist() if c["line"] == line} for line in (4, 5)}
    assert rows[4] == {"cds": "19101990000000", "name": "", "letter:el": "K"}
    assert rows[5] == {"cds": "58105870000000", "name": "Los Niños & Sons", "letter:el": "A"}


def test_formulas_on_an_unread_sheet_are_ignored() -> None:
    changed = repacked({"xl/worksheets/sheet1.xml": replaced("</sheetData>", FORMULA + "</sheetData>")})
    assert read(changed).rows_kept == 2


def test_formatted_cells_without_a_value_are_ignored() -> None:
    assert read(with_cells('<row r="1048576"><c r="XFD1048576" s="0"/></row>')).rows_kept == 2


def test_a_zip_bomb_is_stopped_while_unpacking() -> None:
    """200 megabytes of blanks in a few hundred kilobytes: the reader spends neither memory nor time on it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(b"<worksheet>")
            for _ in range(200):
                part.write(b" " * 1_000_000)
            part.write(b"</worksheet>")
    tracemalloc.start()
    begin = time.monotonic()
    try:
        with pytest.raises(SourceError, match="unpacks to more than"):
            read(target.getvalue())
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 20_000_000
    assert time.monotonic() - begin < 20


@pytest.mark.parametrize(
    ("limit", "value", "said"),
    [
        ("LARGEST_FILE", 1000, "more than 1,000 is refused"),
        ("LARGEST_UNPACKED", 5000, "unpacks to more than 5,000 bytes"),
        ("MOST_ENTRIES", 3, "more than 3 entries"),
        ("MOST_CELLS", 10, "more than 10 cells"),
        ("LARGEST_TEXT", 10, "more than 10 characters"),
    ],
)
def test_workbook_limits_are_enforced(monkeypatch: pytest.MonkeyPatch, limit: str, value: int, said: str) -> None:
    module = xlsx_archive if hasattr(xlsx_archive, limit) else sheet_facts
    monkeypatch.setattr(module, limit, value)
    with pytest.raises(SourceError, match=said):
        read(REAL)


def test_limits_of_xls_workbooks(monkeypatch: pytest.MonkeyPatch) -> None:
    text = struct.pack("<HB", 50, 1) + "x".ljust(50).encode("utf-16-le")
    # The second continues there with one byte per character.
    strings = record(0x00FC, struct.pack("<II", 3, 2) + text + text[:43]) + record(0x003C, b"\x00" + b" " * 30)
    uses = b"".join(record(0x00FD, struct.pack("<HHHI", 5 + n, 1, 0, n % 2)) + number(5 + n, 5, n) for n in range(4))
    content = as_xls({"2024": TABLE}, extra_globals=strings, extra_cells=uses)
    cells = {(c["line"], c["field"]): c["value"] for c in read(content).table.to_pylist()}
    assert cells[(7, "name")].strip() == "x"
    assert [f.formula for f in compound.scan_xls(content, "book.xls")] == [""]
    monkeypatch.setattr(sheet_facts, "LARGEST_TEXT", 199)
    with pytest.raises(SourceError, match="more than 199 characters"):
        read(content)


def test_a_long_shared_string_counts_once_per_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long shared string counts once for each cell that uses it."""
    rows = [["CDS", "LEAname"], *([str(n), "x" * 30_000] for n in range(100))]
    content = as_shared_xlsx(rows)
    assert len(content) < 20_000
    monkeypatch.setattr(sheet_facts, "LARGEST_TEXT", 1_000_000)
    with pytest.raises(SourceError, match="more than 1,000,000 characters"):
        read(content)
