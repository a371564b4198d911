"""Look through an .xlsx before it is opened: nothing goes to disk, nothing is believed that the file says of its own
size.
"""

import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from transforms.errors import SourceError

LARGEST_FILE = 100_000_000  # bytes
LARGEST_UNPACKED = 300_000_000  # bytes, of all entries together
LARGEST_RATIO = 100  # unpacked to packed; CDE's workbooks have less than 10
RATIO_COUNTS_FROM = 20_000_000  # unpacked bytes; a small file may be as dense as it likes
MOST_ENTRIES = 1_000
MOST_CELLS = 5_000_000  # rows times columns of all sheets: the reader fills every cell up to the last one
LARGEST_TEXT = 300_000_000  # characters of all cells, shared strings counted as often as they are used
DEEPEST = 64  # elements within elements
PIECE = 1 << 16
DOWNLOAD_AGAIN = "Download the file again."
CHECK = "Check what was downloaded: CDE's own workbooks are smaller and simpler."
VALUES_ONLY = "Take the file as CDE published it; what a workbook computes or loads from elsewhere is not read."
# Refusals, each with the advice.
HAS_MACROS = ("the workbook holds macros", VALUES_ONLY)
HAS_LINKS = ("the workbook holds links to other workbooks", VALUES_ONLY)
IS_ENCRYPTED = ("the workbook is encrypted", "Take the file without a password.")
MACROS = re.compile(r"vbaproject|macrosheet|macroenabled")
# Another part may name a second one, and the reader would follow.
SINGLE = ("workbook.xml", "workbook.xml.rels", "sharedstrings.xml")
ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
MERGED = re.compile(r"[A-Z]{1,3}([1-9][0-9]{0,6}):[A-Z]{1,3}([1-9][0-9]{0,6})")
MOST_MERGED = 100_000  # rows
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


@dataclass
class SheetFacts:
    """What the values of a sheet do not show: its first formula ('' if none), whether it is hidden, error cells, and
    rows with merged cells.
    """

    name: str = ""
    formula: str = ""
    hidden: bool = False
    errors: dict[tuple[int, int], str] = field(default_factory=dict)  # row and column, from 1 -> the error
    merged_rows: set[int] = field(default_factory=set)

    def merge(self, first: int, last: int, file: str) -> None:
        """Note rows that merged cells reach over. Raises SourceError for more than anybody merges."""
        if last - first >= MOST_MERGED or len(self.merged_rows) > MOST_MERGED:
            raise SourceError(file, f"more than {MOST_MERGED:,} rows have merged cells", CHECK)
        self.merged_rows.update(range(first, last + 1))


def check_size(content: bytes, file: str) -> None:
    """Raise SourceError for a file larger than any workbook of CDE."""
    if len(content) > LARGEST_FILE:
        raise SourceError(
            file, f"the workbook has {len(content):,} bytes; more than {LARGEST_FILE:,} is refused", CHECK
        )


def check_reach(cells: int, file: str) -> None:
    """Raise SourceError where a few bytes would become very many cells."""
    if cells > MOST_CELLS:
        advice = "Delete what stands far below or right of the table."
        raise SourceError(file, f"the sheets reach over more than {MOST_CELLS:,} cells", advice)


def check_text(characters: int, file: str) -> None:
    """Raise SourceError where a few bytes would become very much text."""
    if characters > LARGEST_TEXT:
        raise SourceError(file, f"the cells hold more than {LARGEST_TEXT:,} characters", CHECK)


def look_through(content: bytes, file: str) -> list[SheetFacts]:
    """What the values of each sheet do not show, in the order of the sheets.

    Raises SourceError for archives that are cut, overlong or not plain, and for macros, external links and document
    types.
    """
    entries = _entries(content, file)
    _check_names([e.filename.lower() for e in entries], file)
    parts: dict[str, _Part] = {}
    unpacked, archive = 0, zipfile.ZipFile(io.BytesIO(content))
    for entry in entries:
        name = entry.filename.lower()
        part = _kind_of(name)(file, entry.filename) if name.endswith((".xml", ".rels")) else None
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
    """What the archive holds. Raises SourceError unless its entries lie one after the other, each once."""
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
        raise SourceError(file, "an entry is there twice in the archive", CHECK, value=twice[0])
    if not any(n.startswith("xl/") for n in names):
        raise SourceError(file, "this archive is not a workbook", DOWNLOAD_AGAIN)
    for name in names:
        if MACROS.search(name):
            raise SourceError(file, *HAS_MACROS, value=name)
        if name.startswith("xl/externallinks/"):
            raise SourceError(file, *HAS_LINKS, value=name)
        if name.startswith("/") or ".." in name.replace("\\", "/").split("/"):
            raise SourceError(file, "the archive names a place outside of itself", CHECK, value=name)
        if name.rpartition("/")[2] in SINGLE and not re.fullmatch(r"xl/(_rels/)?[^/]+", name):
            raise SourceError(file, "the archive holds a second workbook", CHECK, value=name)
    if "xl/workbook.xml" not in names:
        raise SourceError(
            file, "this archive is not an .xlsx workbook: it lacks xl/workbook.xml", "Save the workbook as .xlsx."
        )


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: str) -> Iterator[bytes]:
    """The entry's real bytes, piece by piece; declared size and check sum are compared only afterwards."""
    if entry.flag_bits & 0x1:
        raise SourceError(file, *IS_ENCRYPTED, value=entry.filename)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _damaged(file, entry.filename)
    size = 0
    try:
        with archive.open(entry) as stream:
            while piece := stream.read(PIECE):
                size += len(piece)
                yield piece
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, OSError, NotImplementedError) as error:
        if "CRC" not in str(error):
            raise _damaged(file, entry.filename) from error
        size = -1
    if size != entry.file_size:
        raise SourceError(
            file, "an entry of the archive is not what the directory declares", DOWNLOAD_AGAIN, value=entry.filename
        )


def _damaged(file: str, part: str) -> SourceError:
    return SourceError(file, "the workbook is cut off or damaged", DOWNLOAD_AGAIN, value=part)


class _Part:
    """One XML part, read as a stream of elements. Subclasses note what matters."""

    def __init__(self, file: str, name: str) -> None:
        self.file, self.name = file, name
        self.depth = 0
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.XmlDeclHandler = self._declaration

    def feed(self, piece: bytes) -> None:
        if b"\x00" in piece:  # UTF-16, or no XML at all
            raise _damaged(self.file, self.name)
        try:
            self.parser.Parse(piece, False)
        except expat.ExpatError as error:
            raise _damaged(self.file, self.name) from error

    def close(self) -> None:
        try:
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise _damaged(self.file, self.name) from error
        del self.parser  # it and its handlers hold each other

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise SourceError(
                self.file, f"elements stand more than {DEEPEST} deep within each other", CHECK, value=self.name
            )
        self.start(name.rpartition(":")[2], attributes)

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.end(name.rpartition(":")[2])

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() != "utf-8":  # the reader takes every part as UTF-8, whatever it declares
            raise SourceError(self.file, "a part of the workbook is not UTF-8", CHECK, value=f"{self.name}: {encoding}")

    def _doctype(self, *_: object) -> None:
        raise SourceError(
            self.file, "the workbook declares a document type, as no spreadsheet program does", CHECK, value=self.name
        )

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, data: str) -> None: ...


class _Directory(_Part):
    """Content types, relationships or the list of sheets: elements with their attributes."""

    def __init__(self, file: str, name: str) -> None:
        super().__init__(file, name)
        self.elements: list[tuple[str, dict[str, str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if MACROS.search(attributes.get("ContentType", "").lower() + attributes.get("Type", "").lower()):
            raise SourceError(self.file, *HAS_MACROS, value=self.name)
        if attributes.get("Type", "").lower().endswith("/externallink"):
            raise SourceError(self.file, *HAS_LINKS, value=self.name)
        if name in ("sheet", "Relationship"):
            self.elements.append((name, attributes))


class _Strings(_Part):
    """The shared strings: how long each is."""

    def __init__(self, file: str, name: str) -> None:
        super().__init__(file, name)
        self.lengths: list[int] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self.lengths.append(0)

    def text(self, data: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(data)


class _Sheet(_Part):
    """Cells with a value: how far they reach, how much text they hold, and the first formula."""

    def __init__(self, file: str, name: str) -> None:
        super().__init__(file, name)
        self.inside = False
        self.row = self.column = self.rows = self.columns = self.characters = 0
        self.kind = ""
        self.value: str | None = None
        self.error: str | None = None
        self.facts = SheetFacts()
        self.shared: Counter[int] = Counter()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheetData":
            self.inside = True
        elif self.inside and name == "row":
            self._move(attributes.get("r", str(self.row + 1)), 0)
        elif self.inside and name == "c":
            self._cell(attributes)
        elif name == "mergeCell":
            match = MERGED.fullmatch(attributes.get("ref", ""))
            if match:
                self.facts.merge(int(match[1]), int(match[2]), self.file)
        elif self.inside and name in ("v", "is", "f"):
            self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)
            if name == "f":
                self.facts.formula = self.facts.formula or f"{column_letters(self.column)}{self.row}"
            self.value = "" if name == "v" and self.kind == "s" else None
            self.error = "" if name == "v" and self.kind == "e" else None

    def end(self, name: str) -> None:
        if name == "v" and self.value is not None:
            if not self.value.strip().isdecimal() or len(self.value) > 12:
                raise _damaged(self.file, self.name)
            self.shared[int(self.value)] += 1
            self.value = None
        if name == "v" and self.error is not None:
            self.facts.errors[self.row, self.column] = self.error[:20]
            self.error = None

    def text(self, data: str) -> None:
        self.characters += len(data)
        if self.value is not None:
            self.value += data
        if self.error is not None:
            self.error += data

    def _cell(self, attributes: dict[str, str]) -> None:
        self.kind = attributes.get("t", "")
        if "r" not in attributes:
            self._move(str(self.row), self.column + 1)
        elif match := ADDRESS.fullmatch(attributes["r"]):
            self._move(match[2], _column_number(match[1]))
        else:
            raise _damaged(self.file, self.name)

    def _move(self, row: str, column: int) -> None:
        if not row.isdecimal() or len(row) > 7 or int(row) > LAST_ROW or column > LAST_COLUMN:
            raise _damaged(self.file, self.name)
        self.row, self.column = int(row), column


def _kind_of(name: str) -> type[_Part]:
    if name in ("[content_types].xml", "xl/workbook.xml") or name.endswith(".rels"):
        return _Directory
    # Whatever part holds cells is looked at as a sheet, wherever it lies.
    return _Strings if name == "xl/sharedstrings.xml" else _Sheet


def _sheets(parts: dict[str, _Part], file: str) -> list[_Sheet]:
    """Sheets in their order, as the reader finds them."""
    book, links = parts["xl/workbook.xml"], parts.get("xl/_rels/workbook.xml.rels")
    if not isinstance(book, _Directory) or not isinstance(links, _Directory):
        raise _damaged(file, "xl/_rels/workbook.xml.rels")
    targets = {a.get("Id", ""): a.get("Target", "") for name, a in links.elements if name == "Relationship"}
    sheets: list[_Sheet] = []
    for attributes in (a for name, a in book.elements if name == "sheet"):
        target = (
            targets.get(next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), ""), "")
            .lower()
            .lstrip("/")
        )
        part = parts.get(target if target.startswith("xl/") else f"xl/{target}")
        name = attributes.get("name", "")
        if not isinstance(part, _Sheet) or part in sheets or name in [s.facts.name for s in sheets]:
            raise SourceError(file, f"sheet {name!r} has no part of its own in the archive", DOWNLOAD_AGAIN)
        part.facts.name, part.facts.hidden = name, attributes.get("state", "visible") != "visible"
        sheets.append(part)
    return sheets


def _check_cells(sheets: list[_Sheet], parts: dict[str, _Part], file: str) -> None:
    """Raise SourceError where a few bytes would become very many cells or very much text."""
    check_reach(sum(s.rows * s.columns for s in sheets), file)
    strings = parts.get("xl/sharedstrings.xml")
    lengths = strings.lengths if isinstance(strings, _Strings) else []
    characters = sum(s.characters for s in sheets)
    for sheet in sheets:
        if sheet.shared and max(sheet.shared) >= len(lengths):
            raise _damaged(file, sheet.name)
        characters += sum(lengths[i] * times for i, times in sheet.shared.items())
    check_text(characters, file)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Name of a column as spreadsheets show it: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
