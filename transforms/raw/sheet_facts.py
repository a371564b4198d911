"""Limits and refusals for all workbooks, old or new, and facts that the values of a sheet do not show."""

from dataclasses import dataclass, field

from transforms.errors import SourceError

LARGEST_FILE = 100_000_000  # bytes
MOST_CELLS = 5_000_000  # rows times columns of all sheets: the reader fills every cell up to the last one
LARGEST_TEXT = 300_000_000  # characters of all cells; a shared string counts each time it is used
MOST_MERGED = 100_000  # rows
DOWNLOAD_AGAIN = "Download the file again."
CHECK = "Check what was downloaded: CDE's own workbooks are smaller and simpler."
VALUES_ONLY = "Use the file as CDE published it; values that a workbook computes or loads from elsewhere are not read."
# Refusals, each with its advice.
HAS_MACROS = ("the workbook contains macros", VALUES_ONLY)
HAS_LINKS = ("the workbook contains links to other workbooks", VALUES_ONLY)
IS_ENCRYPTED = ("the workbook is encrypted", "Use a file without a password.")


@dataclass
class SheetFacts:
    """Facts that the values of a sheet do not show: the first formula ('' if none), whether the sheet is hidden, error
    cells, and rows with merged cells.
    """

    name: str = ""
    formula: str = ""
    hidden: bool = False
    errors: dict[tuple[int, int], str] = field(default_factory=dict)  # row and column, from 1 -> the error
    merged_rows: set[int] = field(default_factory=set)

    def merge(self, first: int, last: int, file: str) -> None:
        """Add the rows of merged cells. Raises SourceError for more than anybody merges."""
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
    """Raise SourceError if a few bytes would become very many cells."""
    if cells > MOST_CELLS:
        advice = "Delete the cells far below or to the right of the table."
        raise SourceError(file, f"the sheets reach over more than {MOST_CELLS:,} cells", advice)


def check_text(characters: int, file: str) -> None:
    """Raise SourceError if a few bytes would become very much text."""
    if characters > LARGEST_TEXT:
        raise SourceError(file, f"the cells contain more than {LARGEST_TEXT:,} characters", CHECK)


def damaged(file: str, part: str = "") -> SourceError:
    """Return the error for a workbook with a part that cannot be read."""
    return SourceError(file, "the workbook is cut off or damaged", DOWNLOAD_AGAIN, value=part)


def column_letters(number: int) -> str:
    """Return a column's name as spreadsheets show it: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
