"""The XML parts of an .xlsx, read as streams: how far cells reach, how much text they contain, and what is hidden."""

import re
from collections import Counter
from xml.parsers import expat

from transforms.errors import SourceError
from transforms.raw.sheet_facts import CHECK, HAS_LINKS, HAS_MACROS, SheetFacts, column_letters, damaged

DEEPEST = 64  # elements within elements
MACROS = re.compile(r"vbaproject|macrosheet|macroenabled")
ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
MERGED = re.compile(r"[A-Z]{1,3}([1-9][0-9]{0,6}):[A-Z]{1,3}([1-9][0-9]{0,6})")
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


class Part:
    """One XML part, read as a stream of elements. Subclasses collect what they need."""

    def __init__(self, file: str, name: str) -> None:
        self.file, self.name = file, name
        self.depth = 0
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._on_text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.XmlDeclHandler = self._declaration

    def feed(self, piece: bytes) -> None:
        """Read the next piece. Raises SourceError if it is not XML, or not of a plain workbook."""
        if b"\x00" in piece:  # UTF-16, or not XML at all
            raise damaged(self.file, self.name)
        try:
            self.parser.Parse(piece, False)
        except expat.ExpatError as error:
            raise damaged(self.file, self.name) from error

    def close(self) -> None:
        """Finish the part. Raises SourceError if it is cut off."""
        try:
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise damaged(self.file, self.name) from error
        del self.parser  # the parser and its handlers reference each other

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise SourceError(self.file, f"elements are nested more than {DEEPEST} deep", CHECK, value=self.name)
        self._on_start(name.rpartition(":")[2], attributes)

    def _end(self, name: str) -> None:
        self.depth -= 1
        self._on_end(name.rpartition(":")[2])

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() != "utf-8":  # the reader takes every part as UTF-8, whatever it declares
            raise SourceError(self.file, "a part of the workbook is not UTF-8", CHECK, value=f"{self.name}: {encoding}")

    def _doctype(self, *_: object) -> None:
        raise SourceError(
            self.file,
            "the workbook declares a document type, which no spreadsheet program does",
            CHECK,
            value=self.name,
        )

    def _on_start(self, name: str, attributes: dict[str, str]) -> None: ...

    def _on_end(self, name: str) -> None: ...

    def _on_text(self, data: str) -> None: ...


class Directory(Part):
    """Content types, relationships or the list of sheets: elements with their attributes."""

    def __init__(self, file: str, name: str) -> None:
        super().__init__(file, name)
        self.elements: list[tuple[str, dict[str, str]]] = []

    def _on_start(self, name: str, attributes: dict[str, str]) -> None:
        if MACROS.search(attributes.get("ContentType", "").lower() + attributes.get("Type", "").lower()):
            raise SourceError(self.file, *HAS_MACROS, value=self.name)
        if attributes.get("Type", "").lower().endswith("/externallink"):
            raise SourceError(self.file, *HAS_LINKS, value=self.name)
        if name in ("sheet", "Relationship"):
            self.elements.append((name, attributes))


class Strings(Part):
    """The lengths of the shared strings."""

    def __init__(self, file: str, name: str) -> None:
        super().__init__(file, name)
        self.lengths: list[int] = []

    def _on_start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self.lengths.append(0)

    def _on_text(self, data: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(data)


class Sheet(Part):
    """Cells with a value: how far they reach, how much text they contain, and the first formula."""

    def __init__(self, file: str, name: str) -> None:
        super().__init__(file, name)
        self.inside = False
        self.row = self.column = self.rows = self.columns = self.characters = 0
        self.kind = ""
        self.value: str | None = None
        self.error: str | None = None
        self.facts = SheetFacts()
        self.shared: Counter[int] = Counter()

    def _on_start(self, name: str, attributes: dict[str, str]) -> None:
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

    def _on_end(self, name: str) -> None:
        if name == "v" and self.value is not None:
            if not self.value.strip().isdecimal() or len(self.value) > 12:
                raise damaged(self.file, self.name)
            self.shared[int(self.value)] += 1
            self.value = None
        if name == "v" and self.error is not None:
            self.facts.errors[self.row, self.column] = self.error[:20]
            self.error = None

    def _on_text(self, data: str) -> None:
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
            raise damaged(self.file, self.name)

    def _move(self, row: str, column: int) -> None:
        if not row.isdecimal() or len(row) > 7 or int(row) > LAST_ROW or column > LAST_COLUMN:
            raise damaged(self.file, self.name)
        self.row, self.column = int(row), column


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def kind_of(name: str) -> type[Part]:
    """Return the class that reads the part of this name, which is in lower case."""
    if name in ("[content_types].xml", "xl/workbook.xml") or name.endswith(".rels"):
        return Directory
    # Any other part may contain cells, so it is checked as a sheet, wherever it is.
    return Strings if name == "xl/sharedstrings.xml" else Sheet
