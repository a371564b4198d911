"""Copies of an LEA: a test of many cases gives each case its own LEA, and decides them in one run."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl


def add_twins(
    source: Path, cds: str, name: str, twins: Mapping[str, str], books: Sequence[str] = ("assistancestatus*.xlsx",)
) -> None:
    """Give every LEA in ``twins`` (names by CDS code) the rows of this LEA in text files and workbooks.

    The workbooks are those of assistance, unless ``books`` names others.
    """
    for path in source.glob("*.txt"):
        content = path.read_bytes()
        rows = [line for line in content.splitlines() if line.startswith(cds.encode())]
        if rows:
            added = [
                row.replace(cds.encode(), twin.encode()).replace(name.encode(), called.encode())
                for twin, called in twins.items()
                for row in rows
            ]
            end = b"\r\n" if b"\r\n" in content else b"\n"
            path.write_bytes(end.join([content.rstrip(b"\r\n"), *added]) + end)
    for path in (p for pattern in books for p in source.glob(pattern)):
        book = openpyxl.load_workbook(path)
        for sheet in book.worksheets:
            rows = [row for row in sheet.iter_rows(values_only=True) if cds in map(str, row)]
            for twin, called in twins.items():
                other = {cds: twin, cds[:7]: twin[:7], name: called}
                for row in rows:
                    sheet.append([other.get(str(value), value) for value in row])
        book.save(path)
