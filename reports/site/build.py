"""Write the site of a release: every page from its published tables, nothing else."""

import shutil
from pathlib import Path

import duckdb

from reports.published import rows
from reports.quality import quality_of_release
from reports.site import lists, overview, places, records
from reports.site.book import read_book
from reports.site.lea_facts import read_leas, state_values
from reports.site.lea_page import lea_page
from reports.site.pages import FOLDER, Pages
from reports.site.tallies import lea_lines
from transforms.current import DATABASE
from transforms.database import connect_read_only
from transforms.run import Notify

BATCH = 100  # LEAs whose rows are in memory at a time


def write_site(release: Path, notify: Notify) -> None:
    """Write ``reports/`` of a release that is being built. Progress counts pages of LEAs."""
    quality = quality_of_release(release)
    with connect_read_only(release / DATABASE) as connection:
        book = read_book(connection)
        pages = Pages(release / "reports", book)
        shutil.copytree(FOLDER / "assets", pages.folder / "assets")
        lines = lea_lines(connection, book)
        overview.write(connection, pages, lines)
        places.write(connection, pages, lines)
        lists.write(connection, pages, lines)
        records.write(connection, pages, quality)
        write_leas(connection, pages, notify)


def write_leas(connection: duckdb.DuckDBPyConnection, pages: Pages, notify: Notify) -> None:
    """A page for each LEA."""
    leas = rows(connection, "select * from leas order by cds")
    state = state_values(connection)
    for start in range(0, len(leas), BATCH):
        notify(f"writing pages of LEAs, {start:,} of {len(leas):,}", 0, None)
        for facts in read_leas(connection, pages.book, leas[start : start + BATCH]):
            pages.write(f"lea/{facts.cds}.html", "lea.html", state_known=bool(state), **lea_page(pages.book, facts, state))
