"""Write small tables in CDE's formats: delimited text, .xlsx and old .xls."""

import io
import struct
import zipfile
from xml.sax.saxutils import escape

import openpyxl

Rows = list[list[str]]


def as_text(rows: Rows, delimiter: str, end: str = "\r\n") -> bytes:
    if delimiter == ",":
        rows = [['"' + v.replace('"', '""') + '"' if set(v) & set(',"') else v for v in row] for row in rows]
    return "".join(delimiter.join(row) + end for row in rows).encode()


def as_xlsx(sheets: dict[str, Rows]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_shared_xlsx(rows: Rows, sheet: str = "2024") -> bytes:
    """Return one sheet with its texts in the table of shared strings, as Excel writes them."""
    texts = list(dict.fromkeys(v for row in rows for v in row))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    cells = "".join(
        f'<row r="{r}">'
        + "".join(f'<c r="{letters[c]}{r}" t="s"><v>{texts.index(v)}</v></c>' for c, v in enumerate(row))
        + "</row>"
        for r, row in enumerate(rows, 1)
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    links = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{types}.worksheet+xml"/>'
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{types}.sharedStrings+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships {links}><Relationship Id="r1" Type="{office}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook {main} xmlns:r="{office}"><sheets><sheet name="{sheet}" sheetId="1"'
            ' r:id="r1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships {links}><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="r2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{cells}</sheetData></worksheet>",
        "xl/sharedStrings.xml": f"<sst {main}>" + "".join(f"<si><t>{escape(t)}</t></si>" for t in texts) + "</sst>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text)
    return file.getvalue()


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


BOF_GLOBALS = record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 6))
BOF_SHEET = record(0x0809, struct.pack("<HHHHII", 0x0600, 16, 0, 0, 0, 6))
EOF = record(0x000A)


def formula(row: int, column: int) -> bytes:
    """Return a FORMULA record with a stored number."""
    return record(0x0006, struct.pack("<HHHdHI", row, column, 0, 1.0, 0, 0) + struct.pack("<HBH", 3, 0x1E, 1))


def number(row: int, column: int, value: float) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, 0, value))


def error_cell(row: int, column: int, code: int = 0x2A) -> bytes:
    """Return a BOOLERR record; 0x2A is #N/A."""
    return record(0x0205, struct.pack("<HHHBB", row, column, 0, code, 1))


def merged(first: int, last: int) -> bytes:
    """Return a MERGEDCELLS record over two columns of these rows."""
    return record(0x00E5, struct.pack("<HHHHH", 1, first, last, 0, 1))


def as_xls(
    sheets: dict[str, Rows],
    *,
    extra_globals: bytes = b"",
    extra_cells: bytes = b"",
    sort: int = 0,
    hidden: tuple[str, ...] = (),
) -> bytes:
    """Return a workbook in Excel 97 format.

    ``extra_globals`` and ``extra_cells`` are additional records; ``hidden`` names hidden sheets.
    """
    bodies = []
    for rows in sheets.values():
        cells = b"".join(
            record(0x0204, struct.pack("<HHHHB", r, c, 0, len(v), 0) + v.encode("latin-1"))
            for r, row in enumerate(rows)
            for c, v in enumerate(row)
            if v
        )
        bodies.append(BOF_SHEET + cells + extra_cells + EOF)
    names = [name.encode("latin-1") for name in sheets]
    at = len(BOF_GLOBALS) + sum(12 + len(n) for n in names) + len(extra_globals) + len(EOF)
    listed = b""
    for name, body in zip(names, bodies, strict=True):
        listed += record(
            0x0085, struct.pack("<IBBBB", at, int(name.decode("latin-1") in hidden), sort, len(name), 0) + name
        )
        at += len(body)
    return as_compound({"Workbook": BOF_GLOBALS + listed + extra_globals + EOF + b"".join(bodies)})


def as_compound(streams: dict[str, bytes]) -> bytes:
    """Return a compound file with these streams: header, one allocation sector, one directory sector, data."""
    chain = [0xFFFFFFFD, 0xFFFFFFFE]
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0)]
    data = b""
    for name, stream in streams.items():
        padded = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\x00")
        first, sectors = len(chain), len(padded) // 512
        chain += [*range(first + 1, first + sectors), 0xFFFFFFFE]
        entries.append(_entry(name, 2, first, len(padded)))
        data += padded
    assert len(chain) <= 128
    assert len(entries) <= 4
    table = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    )
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return header + table + b"".join(entries).ljust(512, b"\x00") + data


def _entry(name: str, kind: int, first: int, size: int) -> bytes:
    encoded = (name + "\x00").encode("utf-16-le")
    return encoded.ljust(64, b"\x00") + struct.pack(
        "<HBBIII36xIQ", len(encoded), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, 1 if kind == 5 else 0xFFFFFFFF, first, size
    )
