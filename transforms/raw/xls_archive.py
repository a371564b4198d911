"""Check an old .xls (a compound file with a BIFF stream) before it is opened."""

import struct
from collections.abc import Iterator

from transforms.errors import SourceError
from transforms.raw.sheet_facts import (
    HAS_LINKS,
    HAS_MACROS,
    IS_ENCRYPTED,
    SheetFacts,
    check_reach,
    check_size,
    check_text,
    column_letters,
    damaged,
)

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAST_SECTOR = 0xFFFFFFFA  # greater numbers are marks, not places
BOF, EOF, FILEPASS, BOUNDSHEET, SUPBOOK = 0x0809, 0x000A, 0x002F, 0x0085, 0x01AE
SST, CONTINUE, LABELSST = 0x00FC, 0x003C, 0x00FD
MULTIPLE = (0x00BD, 0x00BE)  # several cells of one row
FORMULAS = (0x0006, 0x0206, 0x0406)
BOOLERR, MERGECELLS = 0x0205, 0x00E5
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
# Records that begin with row and column.
CELLS = (*FORMULAS, *MULTIPLE, LABELSST, BOOLERR, 0x0203, 0x0204, 0x027E, 0x00D6)
BIFF8 = 0x0600


def scan_xls(content: bytes, file: str) -> list[SheetFacts]:
    """Return the facts that the values of each sheet do not show, in the order of the sheets, without their names.

    Raises SourceError for a file that is cut, encrypted or not a workbook, and for macros and links to other workbooks.
    """
    check_size(content, file)
    try:
        return _Book(_CompoundFile(content, file).workbook(), file).sheets()
    except (struct.error, IndexError) as error:
        raise damaged(file) from error


class _CompoundFile:
    """A file system in one file: sectors, chained by a table."""

    def __init__(self, content: bytes, file: str) -> None:
        self.content, self.file = content, file
        shift, _, _, _, self.tables, self.directory = struct.unpack_from("<HH6sIII", content, 30)
        self.cutoff, self.small_table, _, more, _ = struct.unpack_from("<IIIII", content, 56)
        if not content.startswith(MAGIC) or shift not in (9, 12):
            raise damaged(file)
        self.sector = 1 << shift
        self.table = self._allocation(list(struct.unpack_from("<109I", content, 76)), more)

    def _allocation(self, places: list[int], more: int) -> list[int]:
        seen: set[int] = set()
        while more < LAST_SECTOR:
            if more in seen:
                raise damaged(self.file)
            seen.add(more)
            *further, more = struct.unpack(f"<{self.sector // 4}I", self._at(more))
            places += further
        used = [p for p in places if p < LAST_SECTOR]
        if len(used) < self.tables or len(used) > len(self.content) // self.sector:
            raise damaged(self.file)
        return [n for place in used for n in struct.unpack(f"<{self.sector // 4}I", self._at(place))]

    def _at(self, place: int) -> bytes:
        begin = (place + 1) * self.sector
        data = self.content[begin : begin + self.sector]
        if len(data) < self.sector:
            raise damaged(self.file)
        return data

    def _chain(self, first: int, table: list[int]) -> Iterator[int]:
        seen = 0
        while first < LAST_SECTOR:
            seen += 1
            if seen > len(table):  # it runs in a circle
                raise damaged(self.file)
            yield first
            first = table[first]

    def _stream(self, first: int) -> bytes:
        return b"".join(self._at(p) for p in self._chain(first, self.table))

    def workbook(self) -> bytes:
        """Return the stream that contains the sheets. Raises SourceError if it is missing, encrypted or has macros."""
        directory = self._stream(self.directory)
        entries: dict[str, tuple[int, int]] = {}
        for at in range(0, len(directory) - 127, 128):
            length, kind = struct.unpack_from("<HB", directory, at + 64)
            if kind and 2 <= length <= 64:
                name = directory[at : at + length - 2].decode("utf-16-le", errors="replace").lower()
                entries.setdefault(name, struct.unpack_from("<II", directory, at + 116))
        if "encryptedpackage" in entries or "encryptioninfo" in entries:
            raise SourceError(self.file, *IS_ENCRYPTED)
        if "_vba_project_cur" in entries or "vba" in entries:
            raise SourceError(self.file, *HAS_MACROS)
        if "workbook" not in entries:
            raise SourceError(
                self.file, "this file is not a workbook of Excel 97 or newer", "Save the workbook as .xlsx."
            )
        first, size = entries["workbook"]
        stream = (
            self._stream(first)
            if size >= self.cutoff
            else self._small(first, entries.get("root entry", (LAST_SECTOR, 0))[0])
        )
        if len(stream) < size:
            raise damaged(self.file)
        return stream[:size]

    def _small(self, first: int, root: int) -> bytes:
        """Return a stream below the cutoff. It is in pieces of 64 bytes in the stream of the root."""
        store = self._stream(root)
        table = list(struct.unpack(f"<{len(data) // 4}I", data)) if (data := self._stream(self.small_table)) else []
        return b"".join(store[p * 64 : p * 64 + 64] for p in self._chain(first, table))


class _Book:
    """The records of the stream: each has a kind, a length and that many bytes."""

    def __init__(self, stream: bytes, file: str) -> None:
        self.stream, self.file = stream, file

    def _records(self, at: int) -> Iterator[tuple[int, bytes]]:
        """Yield records from a beginning to its end, including embedded ones, such as a chart."""
        depth = 0
        while True:
            kind, length = struct.unpack_from("<HH", self.stream, at)
            data = self.stream[at + 4 : at + 4 + length]
            if len(data) < length or (depth == 0 and kind != BOF):
                raise damaged(self.file)
            depth += (kind == BOF) - (kind == EOF)
            yield kind, data
            if depth == 0:
                return
            at += 4 + length

    def sheets(self) -> list[SheetFacts]:
        """Check the globals, then each sheet, and return the facts of the sheets."""
        listed: list[tuple[int, bool]] = []
        strings: list[bytes] = []
        before = 0
        for kind, data in self._records(0):
            self._check_global(kind, data)
            if kind == BOUNDSHEET:
                listed.append((struct.unpack_from("<I", data)[0], data[4] & 3 != 0))
            if kind == SST or (kind == CONTINUE and before == SST):
                strings.append(data)
            before = before if kind == CONTINUE else kind
        lengths = _string_lengths(strings)
        found = [self._look_at(place, hidden, lengths) for place, hidden in listed]
        check_reach(sum(cells for _, cells, _ in found), self.file)
        check_text(sum(characters for _, _, characters in found), self.file)
        return [facts for facts, _, _ in found]

    def _check_global(self, kind: int, data: bytes) -> None:
        if kind == BOF and struct.unpack_from("<H", data)[0] != BIFF8:
            raise SourceError(self.file, "this workbook is older than Excel 97", "Save the workbook as .xlsx.")
        if kind == FILEPASS:
            raise SourceError(self.file, *IS_ENCRYPTED)
        # The workbook itself, or the built-in functions.
        if kind == SUPBOOK and struct.unpack_from("<H", data, 2)[0] not in (0x0401, 0x3A01):
            raise SourceError(self.file, *HAS_LINKS)
        if kind == BOUNDSHEET and data[5] == 1:
            raise SourceError(self.file, *HAS_MACROS)

    def _look_at(self, place: int, hidden: bool, lengths: list[int]) -> tuple[SheetFacts, int, int]:
        """Return the facts of one sheet, its number of cells, and the characters of its shared strings."""
        facts, rows, columns, characters = SheetFacts(hidden=hidden), 0, 0, 0
        for kind, data in self._records(place):
            if kind == MERGECELLS:
                for at in range(2, 2 + 8 * int(struct.unpack_from("<H", data)[0]), 8):
                    first, last = struct.unpack_from("<HH", data, at)
                    facts.merge(first + 1, last + 1, self.file)
            if kind not in CELLS:
                continue
            row, column = struct.unpack_from("<HH", data)
            last = struct.unpack_from("<H", data, len(data) - 2)[0] if kind in MULTIPLE else column
            rows, columns = max(rows, row + 1), max(columns, column + 1, last + 1)
            if kind == LABELSST:
                characters += lengths[struct.unpack_from("<I", data, 6)[0]]
            if kind == BOOLERR and data[7]:
                facts.errors[row + 1, column + 1] = ERRORS.get(data[6], "#ERROR")
            if kind in FORMULAS and not facts.formula:
                facts.formula = f"{column_letters(column + 1)}{row + 1}"
        return facts, rows * columns, characters


def _string_lengths(segments: list[bytes]) -> list[int]:
    """Return the length of each shared string in characters; a string may continue in the next segment."""
    lengths: list[int] = []
    segment, at = 0, 8
    for _ in range(struct.unpack_from("<I", segments[0], 4)[0] if segments else 0):
        if at >= len(segments[segment]):
            segment, at = segment + 1, 0
        characters, flags = struct.unpack_from("<HB", segments[segment], at)
        at += 3
        skip = 0  # formats and phonetics after the characters
        if flags & 8:
            skip += 4 * int(struct.unpack_from("<H", segments[segment], at)[0])
            at += 2
        if flags & 4:
            skip += int(struct.unpack_from("<I", segments[segment], at)[0])
            at += 4
        lengths.append(characters)
        width = 1 + (flags & 1)
        while characters > (room := max(0, len(segments[segment]) - at) // width):
            characters, segment, at = characters - room, segment + 1, 1
            width = 1 + (segments[segment][0] & 1)  # each segment states its own character width
        at += characters * width
        while at + skip > len(segments[segment]) and segment + 1 < len(segments):
            skip, segment, at = skip - max(0, len(segments[segment]) - at), segment + 1, 0
        at += skip
    return lengths
