"""Twenty-two ways to corrupt the files of a whole state, applied to good files."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl

Row = dict[str, str]


@dataclass(frozen=True)
class Corruption:
    """A description, and a function that corrupts a folder of files."""

    words: str
    damage: Callable[[Path], None]


def rewrite(path: Path, change: Callable[[list[str], list[Row]], list[Row]]) -> None:
    """Change the rows of a text file; ``change`` gets the header in lower case and the rows."""
    text = path.read_bytes().decode("cp1252" if re.search("2018|2019|2022", path.name) else "utf-8")
    end = "\r\n" if "\r\n" in text else "\n"
    first, *lines = text.rstrip("\r\n").split(end)
    header = first.lower().split("\t")
    rows = change(header, [dict(zip(header, line.split("\t"), strict=True)) for line in lines])
    body = end.join([first, *("\t".join(row[h] for h in header) for row in rows), ""])
    path.unlink()  # it may be a link to the good file
    path.write_bytes(body.encode("cp1252" if re.search("2018|2019|2022", path.name) else "utf-8"))


def header_of(path: Path) -> list[str]:
    """Return the column names in lower case."""
    with path.open("rb") as stream:
        return stream.readline().decode().lower().rstrip().split("\t")


def each(change: Callable[[Row], object]) -> Callable[[list[str], list[Row]], list[Row]]:
    """Change every row in place."""

    def apply(header: list[str], rows: list[Row]) -> list[Row]:
        for row in rows:
            change(row)
        return rows

    return apply


def keep(wanted: Callable[[Row], bool]) -> Callable[[list[str], list[Row]], list[Row]]:
    """Keep only the rows that are ``wanted``."""
    return lambda header, rows: [row for row in rows if wanted(row)]


def replace(folder: Path, file: str, content: bytes) -> None:
    """Replace the bytes of a file."""
    (folder / file).unlink()
    (folder / file).write_bytes(content)


def edit_sheet(
    path: Path, header_row: int, change: Callable[[list[str], list[list[object]]], list[list[object]]]
) -> None:
    """Change the rows below the header of a workbook's last sheet."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[-1]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=header_row)]
    header, found = [str(h) for h in rows[0]], change([str(h).lower() for h in rows[0]], rows[1:])
    title, notes = sheet.title, [[cell.value for cell in row] for row in sheet.iter_rows(max_row=header_row - 1)]
    book.remove(sheet)
    fresh = book.create_sheet(title)
    for row in [*notes, header, *found]:
        fresh.append(row)
    path.unlink()
    book.save(path)


def of_year(path: Path, year: int) -> bytes:
    """Return the bytes of a Dashboard file, with another year in its last column."""
    return re.sub(rb"\t20\d\d(\r?\n)", rb"\t%d\1" % year, path.read_bytes())


def set_levels(how: Callable[[int], int], *columns: str) -> Callable[[list[str], list[Row]], list[Row]]:
    """Change levels that are not 0."""

    def change(row: Row) -> None:
        for column in columns:
            if row[column] not in ("", "0", " "):
                row[column] = str(how(int(row[column])))

    return each(change)


def a_county_is_missing(folder: Path) -> None:
    rewrite(folder / "eladownload2025.txt", keep(lambda row: row["cds"][:2] != "25"))


def a_small_county_is_missing_from_all_files(folder: Path) -> None:
    for path in folder.glob("*download2025.txt"):
        rewrite(path, keep(lambda row: row["cds"][:2] != "02"))


def colors_are_shifted(folder: Path) -> None:
    rewrite(folder / "mathdownload2024.txt", set_levels(lambda n: min(n + 1, 5), "color"))


def status_levels_are_shifted(folder: Path) -> None:
    rewrite(folder / "suspdownload2022.txt", set_levels(lambda n: max(n - 1, 1), "statuslevel"))


def levels_are_reversed(folder: Path) -> None:
    rewrite(folder / "chronicdownload2024.txt", set_levels(lambda n: 6 - n, "statuslevel", "color"))


def two_years_are_swapped(folder: Path) -> None:
    one, other = (of_year(folder / f"graddownload{a}.txt", b) for a, b in ((2023, 2024), (2024, 2023)))
    replace(folder, "graddownload2024.txt", one)
    replace(folder, "graddownload2023.txt", other)


def last_years_file_under_this_years_name(folder: Path) -> None:
    replace(folder, "eladownload2025.txt", (folder / "eladownload2024.txt").read_bytes())


def last_years_file_with_this_years_number(folder: Path) -> None:
    replace(folder, "mathdownload2025.txt", of_year(folder / "mathdownload2024.txt", 2025))


def a_group_is_duplicated(folder: Path) -> None:
    rewrite(
        folder / "suspdownload2024.txt",
        lambda header, rows: rows + [row for row in rows if row["studentgroup"] == "EL"],
    )


def a_group_is_duplicated_with_other_numbers(folder: Path) -> None:
    def change(header: list[str], rows: list[Row]) -> list[Row]:
        return rows + [
            {**row, "currdenom": str(int(row["currdenom"]) + 1)}
            for row in rows
            if row["studentgroup"] == "EL" and row["currdenom"].strip()
        ]

    rewrite(folder / "suspdownload2024.txt", change)


def a_group_is_missing(folder: Path) -> None:
    rewrite(folder / "chronicdownload2025.txt", keep(lambda row: row["studentgroup"] != "SWD"))


def codes_without_leading_zeros(folder: Path) -> None:
    rewrite(folder / "mathdownload2023.txt", each(lambda row: row.update(cds=row["cds"].lstrip("0") or "0")))


def half_a_sheet(folder: Path) -> None:
    edit_sheet(folder / "assistancestatus24.xlsx", 6, lambda header, rows: rows[: len(rows) // 2])


def letters_in_the_next_column(folder: Path) -> None:
    def shift(header: list[str], rows: list[list[object]]) -> list[list[object]]:
        at = [i for i, name in enumerate(header) if name.endswith("priorities")]
        for row in rows:
            values = [row[i] for i in at]
            for i, value in zip(at, values[-1:] + values[:-1], strict=True):
                row[i] = value
        return rows

    edit_sheet(folder / "assistancestatus23.xlsx", 6, shift)


def half_a_file(folder: Path) -> None:
    rewrite(folder / "suspdownload2025.txt", lambda header, rows: rows[: len(rows) // 2])


def rates_as_fractions(folder: Path) -> None:
    def change(row: Row) -> None:
        for column in ("currstatus", "priorstatus", "change"):
            if row[column].strip():
                row[column] = f"{float(row[column]) / 100:.4f}"

    rewrite(folder / "suspdownload2025.txt", each(change))


def numerators_and_denominators_swapped(folder: Path) -> None:
    rewrite(
        folder / "graddownload2025.txt",
        each(lambda row: row.update(currnumer=row["currdenom"], currdenom=row["currnumer"])),
    )


def colors_in_the_file_of_2022(folder: Path) -> None:
    path = folder / "eladownload2022.txt"
    text = path.read_bytes().decode("cp1252")
    first, *lines = text.rstrip("\n").split("\n")
    replace(folder, path.name, "\n".join([f"{first}\tcolor", *(f"{line}\t2" for line in lines), ""]).encode("cp1252"))


def no_colors(folder: Path) -> None:
    rewrite(folder / "chronicdownload2023.txt", each(lambda row: row.update(color="0")))


def charters_lose_their_flag(folder: Path) -> None:
    for path in [p for p in folder.glob("*download*.txt") if "charter_flag" in header_of(p)]:
        rewrite(path, each(lambda row: row.update(charter_flag="")))
    for path in folder.glob("charterassistance*.xlsx"):
        path.unlink()


def another_districts_rows(folder: Path) -> None:
    """Move the rows of one district to the code of another district that has no rows."""
    for path in folder.glob("*download*.txt"):
        column = "cds" if "cds" in header_of(path) else "cdscode"
        rewrite(path, each(lambda row, c=column: row.update({c: re.sub("^0150000", "0177777", row[c])})))


def a_file_is_missing(folder: Path) -> None:
    (folder / "graddownload2023.txt").unlink()


CORRUPTIONS: dict[str, Corruption] = {
    damage.__name__: Corruption(words, damage)
    for words, damage in (
        ("A county is missing from one file", a_county_is_missing),
        ("A small county is missing from all files of a year", a_small_county_is_missing_from_all_files),
        ("All colors are shifted by one", colors_are_shifted),
        ("All status levels of 2022 are shifted by one", status_levels_are_shifted),
        ("The levels are counted from the other end", levels_are_reversed),
        ("Two years are exchanged, with their numbers changed", two_years_are_swapped),
        ("Last year's file under this year's name", last_years_file_under_this_years_name),
        ("Last year's file under this year's name, with this year's number", last_years_file_with_this_years_number),
        ("A student group is doubled", a_group_is_duplicated),
        ("A student group is doubled, with other numbers", a_group_is_duplicated_with_other_numbers),
        ("A student group is missing", a_group_is_missing),
        ("CDS codes without leading zeros", codes_without_leading_zeros),
        ("A workbook with half its rows", half_a_sheet),
        ("Priority letters are one column too far to the right", letters_in_the_next_column),
        ("A file with half its rows", half_a_file),
        ("Rates as fractions", rates_as_fractions),
        ("Numerators and denominators are exchanged", numerators_and_denominators_swapped),
        ("Colors in a file of 2022", colors_in_the_file_of_2022),
        ("A color column of nothing but 0", no_colors),
        ("Charter schools lose their flag, and their workbooks", charters_lose_their_flag),
        ("A district's rows under a code that did not exist", another_districts_rows),
        ("A file that was there is gone", a_file_is_missing),
    )
}


def corrupted(good: Path, folder: Path, *corruptions: Corruption) -> Path:
    """Copy the good files and apply these corruptions."""
    shutil.copytree(good, folder, copy_function=lambda a, b: Path(b).hardlink_to(a))
    for corruption in corruptions:
        corruption.damage(folder)
    return folder
