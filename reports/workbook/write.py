"""Write the workbook of a release, or the rows of one county."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import duckdb

from reports.published import Row, not_loaded, record, rows
from reports.workbook.cells import Book, Cell
from reports.workbook.sheets import Sheet
from transforms import clock
from transforms.release.check_result import warning_text
from transforms.wording.labels import DESIGNATION

Progress = Callable[[str], None]
BATCH = 10_000
WARNINGS = """
    select check_id, sentence, failing_rows from meta_gate_results
    where outcome = 'failed' and severity = 'warning' order by check_id, table_name
"""
SOURCES = """
    select file, title || coalesce('. ' || excerpt, '') as title, sha256, first_seen
    from meta_sources where present order by dashboard_year, file
"""


def write_workbook(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    sheets: Sequence[Sheet],
    title: str,
    county: str | None = None,
    progress: Progress = lambda words: None,
) -> None:
    """Write a cover and these sheets to ``path``. ``county`` is a county code, or None for the whole release."""
    (release,) = rows(connection, "select * from meta_release")
    with Book(path, title, release["as_of"]) as book:
        counts = [(sheet, _count(connection, sheet, county)) for sheet in sheets]
        book.lines("About", (26, 60, 30, 14), _cover(connection, title, release, counts))
        for sheet, n in counts:
            progress(f"{sheet.name}: {n:,} rows")
            book.table(sheet.name, sheet.columns, _rows(connection, sheet, county))


def _count(connection: duckdb.DuckDBPyConnection, sheet: Sheet, county: str | None) -> int:
    (found,) = rows(connection, f"select count(*) as n from ({sheet.query})", county=county)
    return int(found["n"])


def _rows(connection: duckdb.DuckDBPyConnection, sheet: Sheet, county: str | None) -> Iterator[Row]:
    """Yield rows in batches, so that large sheets need no more memory than small ones."""
    cursor = connection.execute(sheet.query, {"county": county})
    names = [d[0] for d in cursor.description or []]
    while batch := cursor.fetchmany(BATCH):
        yield from (record(names, values) for values in batch)


def _cover(
    connection: duckdb.DuckDBPyConnection, title: str, release: Row, counts: Sequence[tuple[Sheet, int]]
) -> Iterator[Sequence[Cell]]:
    """Return the lines of the cover: release, date, what it is not, contents, sources."""
    yield [(title, "title")]
    yield [(DESIGNATION, "line")]
    yield []
    yield [("Release", "strong"), (release["release_id"], "line")]
    yield [("As of", "strong"), (release["as_of"], "day")]
    yield [("Published", "strong"), (clock.shown(release["published_at"]), "line")]
    yield [("Covers", "strong"), (release["scope"], "text")]
    for line in not_loaded(connection):
        yield [("Not current", "strong"), (line, "text")]
    for check in rows(connection, WARNINGS):
        yield [("Warning", "strong"), (warning_text(check), "text")]
    yield []
    yield [("Sheet", "heading"), ("Contents", "heading"), ("Rows", "heading")]
    for sheet, n in counts:
        yield [(sheet.name, "strong"), (sheet.holds, "text"), (n, "whole")]
    yield []
    yield [("Source file", "heading"), ("What it is", "heading"), ("SHA-256", "heading"), ("First seen", "heading")]
    for source in rows(connection, SOURCES):
        yield [
            (source["file"], "text"),
            (source["title"], "text"),
            (source["sha256"], "text"),
            (source["first_seen"], "text"),
        ]
