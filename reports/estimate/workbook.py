"""The workbook of an estimate, with "Estimate" in every sheet name and in the first column of every table."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from reports.published import Row, rows
from reports.workbook.cells import Book, Cell, Column, labeled, plain
from transforms.database import connect_read_only
from transforms.estimate.tables import COUNTS, DATABASE
from transforms.wording.sentences.estimate import KINDS, LABEL, OUTLOOKS, TESTS, counts_sentences

FILE = "estimate.xlsx"


_LEA = (
    plain("Estimate", 10, "label"), plain("LEA", 34, "lea_name"), plain("CDS code", 16, "cds"),
    plain("County", 16, "county"),
)  # fmt: skip
_TEST = labeled("Test", 28, "test", TESTS)
_OUTLOOK = labeled("Outlook", 11, "outlook", OUTLOOKS)
SHEETS: tuple[tuple[str, str, tuple[Column, ...]], ...] = (
    (
        "Estimate LEAs",
        "select * from estimate_verdicts order by test, outlook, county, lea_name, cds",
        (
            *_LEA, _TEST, _OUTLOOK, plain("In words", 70, "sentence"), plain("Smallest change", 46, "smallest_change"),
            plain("Estimated", 24, "inputs_estimated"), plain("Carried over", 24, "inputs_carried_over"),
            plain("Missing", 24, "inputs_missing"),
        ),
    ),
    (
        "Estimate groups",
        """select * from estimate_groups where outlook <> 'ruled_out'
        order by test, county, lea_name, cds, student_group""",
        (*_LEA, _TEST, plain("Student group", 12, "student_group"), _OUTLOOK),
    ),
    (
        "Estimate inputs",
        """select * from estimate_inputs where kind <> 'missing'
        order by county, lea_name, cds, student_group, indicator""",
        (
            *_LEA, plain("Student group", 12, "student_group"), plain("Indicator", 12, "indicator"),
            plain("Measure", 12, "measure"),
            plain("Level", 8, "level"), labeled("Kind", 14, "kind", KINDS), plain("Line of the file", 10, "file_line"),
        ),
    ),
    (
        "Estimate watch list",
        "select * from estimate_watch order by county, lea_name, cds, student_group, watch",
        (*_LEA, plain("Student group", 12, "student_group"), plain("In words", 90, "sentence")),
    ),
)  # fmt: skip


def write_estimate_workbook(folder: Path) -> None:
    """Write estimate.xlsx next to the database of the estimate."""
    with connect_read_only(folder / DATABASE) as connection:
        (about,) = rows(connection, "select * from estimate_about")
        title = f"{LABEL}: who may be on the list of {about['determination_year']}"
        counts = connection.execute(COUNTS).fetchall()
        with Book(folder / FILE, title, about["as_of"]) as book:
            book.lines("Estimate about", (26, 110), _cover(title, about, counts))
            for name, query, columns in SHEETS:
                book.table(name, columns, rows(connection, query))


def _cover(title: str, about: Row, counts: list[tuple[str, str, bool, int]]) -> Iterator[Sequence[Cell]]:
    yield [(title, "title")]
    yield [(about["notice"], "line")]
    yield []
    for sentence in counts_sentences(counts):
        yield [(sentence, "line")]
    yield []
    yield [("Rules", "strong"), (about["rules"], "line")]
    yield [("Newest Dashboard", "strong"), (about["newest_dashboard"], "line")]
    yield [("Release", "strong"), (about["release_id"], "line")]
    yield [("Covers", "strong"), (about["scope"], "line")]
    yield [("File of estimates", "strong"), (about["file"] or "none", "line")]
    yield [("SHA-256 of the file", "strong"), (about["file_sha256"], "line")]
    yield [("Results estimated", "strong"), (about["cells_estimated"], "whole")]
    yield [("Results carried over", "strong"), (about["cells_carried_over"], "whole")]
