"""Single careless changes of source files and registers, as a tired person, a spreadsheet or a bad download makes them.

Each change is made by an operator with a seed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

UNCOUNTED = ("ALL", "ELO", "RFP", "EO", "SBA", "CAA", "CAST")
DECISIVE = ("color", "statuslevel", "currdenom", "currstatus", "currnsizemet")
SPOILED = ("#N/A", "x", "1O", "6", "-1", "n/a")


@dataclass(frozen=True)
class Change:
    """A change that was made. ``leas``: the LEAs of its row; empty if it concerns the whole file."""

    operator: str
    file: str
    what: str
    leas: tuple[str, ...] = ()


@dataclass
class Place:
    """Folders that may be damaged, and the LEAs that earlier changes of this run used."""

    source: Path
    registers: Path
    dice: Random
    taken: set[str] = field(default_factory=set)

    def pick(self, pattern: str) -> Path:
        """Return one source file."""
        return self.dice.choice(sorted(p for p in self.source.glob(pattern) if not p.name.startswith("science")))

    def free(self, cds: str) -> bool:
        """Return True for an LEA that no other change of the run used."""
        return cds not in self.taken


class Table:
    """A text file as rows of cells."""

    def __init__(self, path: Path) -> None:
        """Read the file. CDE's texts are tab-delimited."""
        self.path = path
        text = path.read_bytes().decode("utf-8")
        self.end = "\r\n" if "\r\n" in text else "\n"
        self.header, *self.rows = (line.split("\t") for line in text.split(self.end) if line)

    def at(self, column: str) -> int:
        """Return the position of a column."""
        return [h.lower() for h in self.header].index(column)

    def has(self, column: str) -> bool:
        """Return True if the column exists."""
        return column in [h.lower() for h in self.header]

    def group(self, row: list[str]) -> str:
        """Return the student group of a row. ELPI before 2024 is about English learners."""
        return row[self.at("studentgroup")] if self.has("studentgroup") else "EL"

    def save(self) -> None:
        """Write the file."""
        self.path.write_bytes("".join("\t".join(r) + self.end for r in [self.header, *self.rows]).encode())

    def decide(self, place: Place) -> list[str] | None:
        """Return a row of a student group of an LEA, mostly one that is red or at a low level."""
        level = self.at("statuslevel")
        rows = [r for r in self.rows if r[1] == "D" and self.group(r) not in UNCOUNTED and place.free(r[0])]
        red = [r for r in rows if (r[self.at("color")] if self.has("color") else r[level]) == "1"]
        low = [r for r in rows if r[level] in ("1", "2")]
        dice = place.dice.random()
        rows = red if red and dice < 0.6 else low if low and dice < 0.8 else rows
        return place.dice.choice(rows) if rows else None


RowChange = Callable[[Place, Table, list[str]], str | None]


def in_a_row(name: str, how: RowChange) -> Callable[[Place], Change | None]:
    """Return an operator that changes one row of a Dashboard file."""

    def operate(place: Place) -> Change | None:
        table = Table(place.pick("*download20*.txt"))
        row = table.decide(place)
        if row is None:
            return None
        cds, group, before = row[0], table.group(row), "\t".join(row)
        said = how(place, table, row)
        if said is None or ("\t".join(row) == before and said.startswith("cell")):
            return None
        place.taken.add(cds)
        table.save()
        return Change(name, table.path.name, f"{cds} {group}: {said}", (cds,))

    return operate


def delete_row(_: Place, table: Table, row: list[str]) -> str:
    table.rows.remove(row)
    return "row deleted"


def _decisive(place: Place, table: Table) -> str:
    return place.dice.choice([c for c in DECISIVE if table.has(c)])


def _set(table: Table, row: list[str], column: str, value: str) -> str:
    old, row[table.at(column)] = row[table.at(column)], value
    return f"cell {column} {old!r} -> {value!r}"


def blank_cell(place: Place, table: Table, row: list[str]) -> str:
    return _set(table, row, _decisive(place, table), "")


def star_cell(place: Place, table: Table, row: list[str]) -> str:
    return _set(table, row, _decisive(place, table), "*")


def spoil_cell(place: Place, table: Table, row: list[str]) -> str:
    return _set(table, row, place.dice.choice([c for c in DECISIVE[:3] if table.has(c)]), place.dice.choice(SPOILED))


def shift_level(place: Place, table: Table, row: list[str]) -> str | None:
    column = place.dice.choice([c for c in ("color", "color", "statuslevel") if table.has(c)])
    value = int(row[table.at(column)] or 0)
    return (
        _set(table, row, column, str(value + place.dice.choice([-1, 1] if value > 1 else [1])))
        if 0 < value < 5
        else None
    )


def color_to_nothing(_: Place, table: Table, row: list[str]) -> str | None:
    return _set(table, row, "color", "0") if table.has("color") else None


def color_from_nothing(place: Place, table: Table, row: list[str]) -> str | None:
    return (
        _set(table, row, "color", place.dice.choice("12"))
        if table.has("color") and row[table.at("color")] == "0"
        else None
    )


def exchange_cells(place: Place, table: Table, row: list[str]) -> str | None:
    pairs = (
        ("color", "changelevel"),
        ("color", "statuslevel"),
        ("currdenom", "priordenom"),
        ("currstatus", "priorstatus"),
        ("currnumer", "currdenom"),
    )
    pairs = [p for p in pairs if all(table.has(c) for c in p) and row[table.at(p[0])] != row[table.at(p[1])]]
    if not pairs:
        return None
    one, other = (table.at(c) for c in place.dice.choice(pairs))
    row[one], row[other] = row[other], row[one]
    return f"cells {table.header[one]} and {table.header[other]} exchanged"


def scale_status(_: Place, table: Table, row: list[str]) -> str | None:
    status = row[table.at("currstatus")]
    return _set(table, row, "currstatus", f"{float(status) / 100:.3f}") if status.strip() and float(status) else None


def wrong_size(place: Place, table: Table, row: list[str]) -> str | None:
    size = row[table.at("currdenom")]
    return (
        _set(table, row, "currdenom", place.dice.choice(["5", "14", "29", str(10 * int(float(size)))]))
        if size.strip() and float(size)
        else None
    )


def duplicate_row(_: Place, table: Table, row: list[str]) -> str:
    column = "color" if table.has("color") else "statuslevel"
    other = list(row)
    other[table.at(column)] = "5" if row[table.at(column)] != "5" else "1"
    table.rows.append(other)
    return f"row once more with another {column}"


def cut_row(place: Place, table: Table, row: list[str]) -> str:
    del row[place.dice.randrange(table.at("statuslevel"), len(row) - 1) :]
    return "row cut short"


def other_group(place: Place, table: Table, row: list[str]) -> str | None:
    if not table.has("studentgroup"):
        return None
    return _set(
        table,
        row,
        "studentgroup",
        place.dice.choice([g for g in ("AA", "SWD", "HI", "XX", "") if g != table.group(row)]),
    )


def other_code(place: Place, table: Table, row: list[str]) -> str:
    return _set(
        table, row, table.header[0].lower(), place.dice.choice([row[0].lstrip("2"), row[0] + "0", row[0][:-1], ""])
    )


def group_without_row(place: Place, table: Table, row: list[str]) -> str | None:
    """Move the row to a group for which the LEA has no row, so that nothing in the file contradicts it."""
    if not table.has("studentgroup"):
        return None
    there = {table.group(r) for r in table.rows if r[0] == row[0]}
    absent = [g for g in ("AA", "AI", "AS", "FI", "HOM", "FOS", "MR", "PI", "WH", "SWD") if g not in there]
    return _set(table, row, "studentgroup", place.dice.choice(absent)) if absent else None


def exchange_groups(place: Place, table: Table, row: list[str]) -> str | None:
    """Exchange the groups of two rows of an LEA."""
    if not table.has("studentgroup"):
        return None
    others = [r for r in table.rows if r[0] == row[0] and r is not row and table.group(r) not in UNCOUNTED]
    if not others:
        return None
    other, at = place.dice.choice(others), table.at("studentgroup")
    row[at], other[at] = other[at], row[at]
    return f"row exchanged with that of {row[at]}"


def other_record_type(_: Place, table: Table, row: list[str]) -> str:
    return _set(table, row, "rtype", "S")


def move_to_lea(place: Place) -> Change | None:
    """Move a row to the code of another LEA, half of the time with its name too."""
    table = Table(place.pick("*download20*.txt"))
    row = table.decide(place)
    leas = {r[0]: r for r in table.rows if r[1] == "D" and place.free(r[0]) and row is not None and r[0] != row[0]}
    if row is None or not leas:
        return None
    old, other = row[0], leas[place.dice.choice(sorted(leas))]
    group = table.group(row)
    columns = [0, table.at("districtname")] if place.dice.random() < 0.5 else [0]
    for at in columns:
        row[at] = other[at]
    place.taken |= {old, other[0]}
    table.save()
    return Change(
        "move_to_lea",
        table.path.name,
        f"{old} {group}: row moved to {other[0]}{' with its name' if len(columns) == 2 else ''}",
        (old, other[0]),
    )


def in_a_file(name: str, how: Callable[[Place, Table], str | None]) -> Callable[[Place], Change | None]:
    """Return an operator that changes a whole Dashboard file."""

    def operate(place: Place) -> Change | None:
        table = Table(place.pick("*download20*.txt"))
        said = how(place, table)
        if said is None:
            return None
        table.save()
        return Change(name, table.path.name, said)

    return operate


PAIRS = (
    ("color", "changelevel"), ("color", "statuslevel"), ("statuslevel", "changelevel"), ("currdenom", "priordenom"),
    ("currstatus", "priorstatus"),
    ("currnumer", "currdenom"), ("currdenom", "currstatus"), ("color", "box"),
)  # fmt: skip


def exchange_headings(place: Place, table: Table) -> str | None:
    pairs = [p for p in PAIRS if all(table.has(c) for c in p)]
    if not pairs:
        return None
    one, other = (table.at(c) for c in place.dice.choice(pairs))
    table.header[one], table.header[other] = table.header[other], table.header[one]
    return f"headings {table.header[one]} and {table.header[other]} exchanged"


def rename_heading(place: Place, table: Table) -> str:
    at = table.at(_decisive(place, table))
    table.header[at] += "_old"
    return f"heading renamed to {table.header[at]}"


def drop_column(place: Place, table: Table) -> str:
    column = _decisive(place, table)
    at = table.at(column)
    for row in [table.header, *table.rows]:
        del row[at]
    return f"column {column} dropped"


def blank_column(place: Place, table: Table) -> str:
    column = _decisive(place, table)
    for row in table.rows:
        row[table.at(column)] = ""
    return f"column {column} blanked"


def shift_colors(_: Place, table: Table) -> str | None:
    if not table.has("color"):
        return None
    for row in table.rows:
        row[table.at("color")] = str(min(int(row[table.at("color")]) + 1, 5))
    return "all colors shifted by one"


def reverse_levels(_: Place, table: Table) -> str:
    at = table.at("statuslevel")
    for row in table.rows:
        row[at] = row[at] if row[at] in ("", "0") else str(6 - int(row[at]))
    return "levels counted from the other end"


def rates_as_fractions(_: Place, table: Table) -> str | None:
    if not table.has("currnumer"):
        return None
    for row in table.rows:
        for column in ("currstatus", "priorstatus", "change"):
            if table.has(column) and row[table.at(column)]:
                row[table.at(column)] = f"{float(row[table.at(column)]) / 100:.4f}"
    return "rates as fractions"


def delete_half(place: Place, table: Table) -> str:
    place.dice.shuffle(table.rows)
    del table.rows[len(table.rows) // 2 :]
    return "half of the rows deleted"


class Book:
    """A workbook with the sheet that has a heading CDS."""

    def __init__(self, path: Path) -> None:
        """Read the workbook."""
        self.path, self.book = path, openpyxl.load_workbook(path)
        for sheet in self.book:
            for number, row in enumerate(sheet.iter_rows(max_row=12, values_only=True), 1):
                names = [str(v or "").strip().lower() for v in row]
                code = next((n for n in ("cds", "cdscode") if n in names), None)
                if code:
                    self.sheet: Worksheet = sheet
                    self.head, self.names, self.code = number, names, names.index(code) + 1

    def rows(self) -> list[int]:
        """Return the numbers of the rows below the heading."""
        return list(range(self.head + 1, self.sheet.max_row + 1))

    def cds(self, row: int) -> str:
        """Return the code in a row."""
        return str(self.sheet.cell(row, self.code).value)

    def letters(self) -> list[int]:
        """Return the columns with letters."""
        return [i for i, n in enumerate(self.names, 1) if n.endswith("priorities")]

    def save(self) -> None:
        """Write the workbook."""
        self.book.save(self.path)


def in_a_book_row(
    name: str, pattern: str, how: Callable[[Place, Book, int], str | None]
) -> Callable[[Place], Change | None]:
    """Return an operator that changes one row of a workbook."""

    def operate(place: Place) -> Change | None:
        book = Book(place.pick(pattern))
        rows = [r for r in book.rows() if place.free(book.cds(r))]
        lettered = [r for r in rows if any(str(book.sheet.cell(r, c).value or "*") != "*" for c in book.letters())]
        rows = lettered if lettered and place.dice.random() < 0.8 else rows
        if not rows:
            return None
        row = place.dice.choice(rows)
        cds = book.cds(row)
        said = how(place, book, row)
        if said is None:
            return None
        place.taken.add(cds)
        book.save()
        return Change(name, book.path.name, f"{cds}: {said}", (cds,))

    return operate


def delete_book_row(_: Place, book: Book, row: int) -> str:
    book.sheet.delete_rows(row)
    return "row deleted"


def _letter_cell(place: Place, book: Book, row: int) -> int | None:
    filled = [c for c in book.letters() if str(book.sheet.cell(row, c).value or "*") != "*"]
    return place.dice.choice(filled) if filled else None


def _put(book: Book, row: int, column: int, value: str | None) -> str:
    cell = book.sheet.cell(row, column)
    old, cell.value = cell.value, value
    return f"cell {book.names[column - 1]} {old!r} -> {value!r}"


def blank_letter(place: Place, book: Book, row: int) -> str | None:
    column = _letter_cell(place, book, row)
    return None if column is None else _put(book, row, column, place.dice.choice([None, "*", " "]))


def spoil_letter(place: Place, book: Book, row: int) -> str | None:
    column = _letter_cell(place, book, row)
    return None if column is None else _put(book, row, column, place.dice.choice(["#N/A", "Z", "4,5", "#REF!"]))


def add_letter(place: Place, book: Book, row: int) -> str | None:
    empty = [c for c in book.letters() if str(book.sheet.cell(row, c).value or "*") == "*"]
    return _put(book, row, place.dice.choice(empty), "D") if empty else None


def duplicate_book_row(_: Place, book: Book, row: int) -> str:
    at = book.sheet.max_row + 1
    for column in range(1, book.sheet.max_column + 1):
        book.sheet.cell(at, column).value = book.sheet.cell(row, column).value
    for column in book.letters():
        book.sheet.cell(at, column).value = "*"
    return "row once more without letters"


def blank_result(place: Place, book: Book, row: int) -> str | None:
    columns = [i for i, n in enumerate(book.names, 1) if n in ("countyperformance", "performance")]
    return _put(book, row, columns[0], place.dice.choice([None, "#N/A", "Yes"])) if columns else None


def in_a_book(name: str, how: Callable[[Place, Book], str | None]) -> Callable[[Place], Change | None]:
    """Return an operator that changes a whole workbook of letters."""

    def operate(place: Place) -> Change | None:
        book = Book(place.pick("assistancestatus*.xlsx"))
        said = how(place, book)
        if said is None:
            return None
        book.save()
        return Change(name, book.path.name, said)

    return operate


def exchange_letter_headings(place: Place, book: Book) -> str:
    one, other = place.dice.sample(book.letters(), 2)
    cells = [book.sheet.cell(book.head, c) for c in (one, other)]
    cells[0].value, cells[1].value = cells[1].value, cells[0].value
    return f"headings {cells[0].value} and {cells[1].value} exchanged"


def rename_letter_heading(place: Place, book: Book) -> str:
    cell = book.sheet.cell(book.head, place.dice.choice(book.letters()))
    cell.value = f"{cell.value} old"
    return f"heading renamed to {cell.value}"


def drop_sheet(_: Place, book: Book) -> str | None:
    if len(book.book.sheetnames) == 1:
        return None
    book.book.remove(book.sheet)
    return f"sheet {book.sheet.title} dropped"


def hide_sheet(place: Place, book: Book) -> str:
    state = place.dice.choice(["hidden", "veryHidden"])
    if len(book.book.sheetnames) == 1:
        book.book.create_sheet("Notes")
    book.book.active = 0 if book.book.worksheets[0] is not book.sheet else 1
    book.sheet.sheet_state = state
    return f"sheet {book.sheet.title} {state}"


def shadow_sheet(place: Place, book: Book) -> str:
    """Add a hidden copy before the sheet, in which no group has a letter."""
    title, book.sheet.title = book.sheet.title, "Sheet"
    copy = book.book.copy_worksheet(book.sheet)
    for row in book.rows():
        for column in book.letters():
            copy.cell(row, column).value = "*"
    copy.title = title
    copy.sheet_state = place.dice.choice(["hidden", "veryHidden"])
    book.book.move_sheet(copy, -len(book.book.sheetnames) + 1)
    book.book.active = len(book.book.sheetnames) - 1
    return "a hidden copy without letters before the sheet"


def delete_half_of_a_book(place: Place, book: Book) -> str:
    rows = book.rows()
    for row in sorted(place.dice.sample(rows, len(rows) // 2), reverse=True):
        book.sheet.delete_rows(row)
    return "half of the rows deleted"


def move_loan(place: Place) -> Change | None:
    """Move a loan to the code of another district, whose name the row does not have."""
    path = place.registers / "state_loans.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    at = place.dice.choice([i for i, line in enumerate(lines) if i and line.split(",")[1]])
    fields = lines[at].split(",")
    codes = sorted(
        {
            r[0]
            for r in Table(place.source / "eladownload2024.txt").rows
            if r[1] == "D" and place.free(r[0]) and r[0] != fields[1]
        }
    )
    if not codes or not place.free(fields[1]):
        return None
    old, fields[1] = fields[1], place.dice.choice(codes)
    lines[at] = ",".join(fields)
    path.write_text("".join(lines), "utf-8")
    place.taken |= {old, fields[1]}
    return Change("move_loan", "state_loans.csv", f"{fields[0]}: {old} -> {fields[1]}", (old, fields[1]))


WORKBOOK, LOCAL = "assistancestatus*.xlsx", "Pr[1-7]202*.xlsx"
# Several of these share a run, because each concerns the LEA of its row.
DASHBOARD_ROWS = {
    how.__name__: in_a_row(how.__name__, how)
    for how in (
        blank_cell, star_cell, spoil_cell, shift_level, color_to_nothing, color_from_nothing, exchange_cells,
        scale_status, wrong_size, duplicate_row,
        cut_row, other_group, group_without_row, exchange_groups, other_code, other_record_type, delete_row,
    )
}  # fmt: skip
DASHBOARD_ROWS["move_to_lea"] = move_to_lea
OTHER_ROWS = {
    **{
        h.__name__: in_a_book_row(h.__name__, WORKBOOK, h)
        for h in (delete_book_row, blank_letter, spoil_letter, add_letter, duplicate_book_row)
    },
    "blank_local_result": in_a_book_row("blank_local_result", LOCAL, blank_result),
    "delete_local_row": in_a_book_row("delete_local_row", LOCAL, delete_book_row),
    "move_loan": move_loan,
}
# Each of these has its own run.
DASHBOARD_FILES = {
    how.__name__: in_a_file(how.__name__, how)
    for how in (
        exchange_headings,
        rename_heading,
        drop_column,
        blank_column,
        shift_colors,
        reverse_levels,
        rates_as_fractions,
        delete_half,
    )
}
BOOKS = {
    how.__name__: in_a_book(how.__name__, how)
    for how in (
        exchange_letter_headings,
        rename_letter_heading,
        drop_sheet,
        hide_sheet,
        shadow_sheet,
        delete_half_of_a_book,
    )
}
