"""Check an .xlsx before it is opened: nothing goes to disk, and the sizes that the file declares are not trusted."""

import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator

from transforms.errors import SourceError
from transforms.raw.sheet_facts import (
    CHECK,
    DOWNLOAD_AGAIN,
    HAS_LINKS,
    HAS_MACROS,
    IS_ENCRYPTED,
    SheetFacts,
    check_reach,
    check_size,
    check_text,
    damaged,
)
from transforms.raw.xlsx_parts import MACROS, Directory, Part, Sheet, Strings, kind_of

LARGEST_UNPACKED = 300_000_000  # bytes, of all entries together
LARGEST_RATIO = 100  # unpacked to packed; CDE's workbooks have less than 10
RATIO_COUNTS_FROM = 20_000_000  # unpacked bytes; the density of a small file does not matter
MOST_ENTRIES = 1_000
PIECE = 1 << 16
# Another part may name a second one, and the reader would follow.
SINGLE = ("workbook.xml", "workbook.xml.rels", "sharedstrings.xml")


def scan_xlsx(content: bytes, file: str) -> list[SheetFacts]:
    """Return the facts that the values of each sheet do not show, in the order of the sheets.

    Raises SourceError for archives that are cut, too large or not plain, and for macros, external links and document
    types.
    """
    entries = _entries(content, file)
    _check_names([e.filename.lower() for e in entries], file)
    parts: dict[str, Part] = {}
    unpacked, archive = 0, zipfile.ZipFile(io.BytesIO(content))
    for entry in entries:
        name = entry.filename.lower()
        part = kind_of(name)(file, entry.filename) if name.endswith((".xml", ".rels")) else None
        for piece in _unpack(archive, entry, file):
            unpacked += len(piece)
            if unpacked > LARGEST_UNPACKED:
                raise SourceError(file, f"the workbook unpacks to more than {LARGEST_UNPACKED:,} bytes", CHECK)
            if unpacked > RATIO_COUNTS_FROM and unpacked > LARGEST_RATIO * len(content):
                raise SourceError(file, f"the workbook unpacks to more than {LARGEST_RATIO} times its size", CHECK)
            if part:
                part.feed(piece)
        if part:
            part.close()
            parts[name] = part
    sheets = _sheets(parts, file)
    _check_cells(sheets, parts, file)
    return [sheet.facts for sheet in sheets]


def _entries(content: bytes, file: str) -> list[zipfile.ZipInfo]:
    """Return the entries of the archive. Raises SourceError unless they follow one another, each once."""
    if not content.startswith(b"PK\x03\x04"):
        start = content[:400].split(b"\n", 1)[0][:80].decode("latin-1").strip()
        raise SourceError(file, "this is not a workbook", DOWNLOAD_AGAIN, line=1, value=start)
    check_size(content, file)
    if content.count(b"PK\x01\x02") > MOST_ENTRIES:  # counted before the directory is read into memory
        raise SourceError(file, f"the workbook has more than {MOST_ENTRIES:,} entries", CHECK)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = sorted(archive.infolist(), key=lambda e: e.header_offset)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, OSError, struct.error) as error:
        raise SourceError(file, f"the workbook is cut off or damaged ({error})", DOWNLOAD_AGAIN) from error
    end = 0
    for entry in entries:
        if entry.header_offset < end or (end == 0 and entry.header_offset > 0):
            raise SourceError(
                file, "the entries of the archive overlap, or do not start with the file", CHECK, value=entry.filename
            )
        end = entry.header_offset + 30 + entry.compress_size
    return entries


def _check_names(names: list[str], file: str) -> None:
    """Raise SourceError unless these are the parts of a plain workbook."""
    twice = [n for n, times in Counter(names).items() if times > 1]
    if twice:
        raise SourceError(file, "an entry appears twice in the archive", CHECK, value=twice[0])
    if not any(n.startswith("xl/") for n in names):
        raise SourceError(file, "this archive is not a workbook", DOWNLOAD_AGAIN)
    for name in names:
        if MACROS.search(name):
            raise SourceError(file, *HAS_MACROS, value=name)
        if name.startswith("xl/externallinks/"):
            raise SourceError(file, *HAS_LINKS, value=name)
        if name.startswith("/") or ".." in name.replace("\\", "/").split("/"):
            raise SourceError(file, "the archive contains a path outside itself", CHECK, value=name)
        if name.rpartition("/")[2] in SINGLE and not re.fullmatch(r"xl/(_rels/)?[^/]+", name):
            raise SourceError(file, "the archive contains a second workbook", CHECK, value=name)
    if "xl/workbook.xml" not in names:
        raise SourceError(
            file, "this archive is not an .xlsx workbook: it lacks xl/workbook.xml", "Save the workbook as .xlsx."
        )


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: str) -> Iterator[bytes]:
    """Yield the entry's real bytes, piece by piece; declared size and checksum are compared only afterwards."""
    if entry.flag_bits & 0x1:
        raise SourceError(file, *IS_ENCRYPTED, value=entry.filename)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise damaged(file, entry.filename)
    size = 0
    try:
        with archive.open(entry) as stream:
            while piece := stream.read(PIECE):
                size += len(piece)
                yield piece
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, OSError, NotImplementedError) as error:
        if "CRC" not in str(error):
            raise damaged(file, entry.filename) from error
        size = -1
    if size != entry.file_size:
        raise SourceError(
            file, "an entry of the archive does not match the archive's directory", DOWNLOAD_AGAIN, value=entry.filename
        )


def _sheets(parts: dict[str, Part], file: str) -> list[Sheet]:
    """Return the sheets in their order, as the reader finds them."""
    book, links = parts["xl/workbook.xml"], parts.get("xl/_rels/workbook.xml.rels")
    if not isinstance(book, Directory) or not isinstance(links, Directory):
        raise damaged(file, "xl/_rels/workbook.xml.rels")
    targets = {a.get("Id", ""): a.get("Target", "") for name, a in links.elements if name == "Relationship"}
    sheets: list[Sheet] = []
    for attributes in (a for name, a in book.elements if name == "sheet"):
        target = (
            targets.get(next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), ""), "")
            .lower()
            .lstrip("/")
        )
        part = parts.get(target if target.startswith("xl/") else f"xl/{target}")
        name = attributes.get("name", "")
        if not isinstance(part, Sheet) or part in sheets or name in [s.facts.name for s in sheets]:
            raise SourceError(file, f"sheet {name!r} has no separate part in the archive", DOWNLOAD_AGAIN)
        part.facts.name, part.facts.hidden = name, attributes.get("state", "visible") != "visible"
        sheets.append(part)
    return sheets


def _check_cells(sheets: list[Sheet], parts: dict[str, Part], file: str) -> None:
    """Raise SourceError if a few bytes would become very many cells or very much text."""
    check_reach(sum(s.rows * s.columns for s in sheets), file)
    strings = parts.get("xl/sharedstrings.xml")
    lengths = strings.lengths if isinstance(strings, Strings) else []
    characters = sum(s.characters for s in sheets)
    for sheet in sheets:
        if sheet.shared and max(sheet.shared) >= len(lengths):
            raise damaged(file, sheet.name)
        characters += sum(lengths[i] * times for i, times in sheet.shared.items())
    check_text(characters, file)
