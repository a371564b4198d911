"""Write the site of a release: every page from its published tables, nothing else."""

import gc
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from reports.book import read_book
from reports.lea import collect_years
from reports.published import all_leas
from reports.quality import quality_of_release
from reports.site import lists, overview, places, records
from reports.site.drawn import write_known
from reports.site.lea_page import lea_page
from reports.site.pages import FOLDER, Pages
from reports.site.tallies import lea_lines
from transforms.database import connect_read_only
from transforms.release.current import DATABASE
from transforms.run import Notify

TELL = 100  # pages of LEAs from one message of progress to the next


def write_site(release: Path, notify: Notify) -> None:
    """Write ``reports/`` of a release that is being built. Progress counts pages of LEAs."""
    quality = quality_of_release(release)
    with connect_read_only(release / DATABASE) as connection, cycles_kept():
        book = read_book(connection)
        pages = Pages(release / "reports", book)
        shutil.copytree(FOLDER / "assets", pages.folder / "assets")
        lines = lea_lines(connection, book)
        overview.write(connection, pages, lines)
        places.write(connection, pages, lines)
        lists.write(connection, pages, lines)
        records.write(connection, pages, quality)
        write_leas(connection, pages, notify)


@contextmanager
def cycles_kept() -> Iterator[None]:
    """Millions of small objects are made and dropped here, hardly any in cycles: Python is not to look for cycles among
    all of them each time that some were made, which took a quarter of the time.
    """
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked:
            gc.enable()


def write_leas(connection: duckdb.DuckDBPyConnection, pages: Pages, notify: Notify) -> None:
    """A page for each LEA, with every determination year."""
    leas, state_known, years = all_leas(connection), write_known(connection, pages), pages.book.determination_years
    for n, reports in enumerate(collect_years(connection, pages.book, leas, years)):
        if n % TELL == 0:
            gc.collect(0)  # the few cycles of the pages before
            notify(f"writing pages of LEAs, {n:,} of {len(leas):,}", 0, None)
        pages.write(f"lea/{leas[n].cds}.html", "lea.html", **lea_page(pages.book, reports, state_known))
