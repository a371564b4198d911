"""Write the site of a release: every page from its published tables, nothing else."""

import gc
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

import duckdb

from reports.book import read_book
from reports.lea import collect_years
from reports.published import Lea, all_leas
from reports.quality import quality_of_release
from reports.site import lists, overview, places, records
from reports.site.drawn import state_values, write_known
from reports.site.lea_page import lea_page
from reports.site.pages import FOLDER, Pages
from reports.site.tallies import lea_lines
from transforms.beside import Beside, Channel, cores
from transforms.database import connect_read_only
from transforms.release.current import DATABASE
from transforms.run import Notify

SOME = 100  # pages of LEAs from one message of progress to the next
FIRST = 250  # pages of LEAs that another process writes while this one writes the other pages
MOST = 4  # processes


def write_site(release: Path, notify: Notify) -> None:
    """Write ``reports/`` of a release that is being built. Progress counts pages of LEAs."""
    quality = quality_of_release(release)
    with connect_read_only(release / DATABASE) as connection, cycles_kept(), ExitStack() as stack:
        book, leas = read_book(connection), all_leas(connection)
        pages = Pages(release / "reports", book)
        shutil.copytree(FOLDER / "assets", pages.folder / "assets")
        own, *others = shares(leas, cores())
        helpers = [Beside(write_share, release.resolve(), share[0].cds, share[-1].cds) for share in others]
        for helper in helpers:
            stack.callback(helper.stop)

        def tell(done: int) -> None:
            if done % SOME == 0:
                written = done + sum(helper.newest() or 0 for helper in helpers)
                notify(f"writing pages of LEAs, {written:,} of {len(leas):,}", 0, None)

        lines = lea_lines(connection, book)
        overview.write(connection, pages, lines)
        places.write(connection, pages, lines)
        lists.write(connection, pages, lines)
        records.write(connection, pages, quality)
        write_known(connection, pages)
        write_leas(connection, pages, own, tell)
        for helper in helpers:
            helper.finish()


def shares(leas: Sequence[Lea], processes: int) -> list[Sequence[Lea]]:
    """The LEAs in parts that follow each other by CDS code, the first for this process, which has the other pages to
    write.
    """
    parts = max(1, min(processes, MOST, len(leas) // FIRST))
    own = (len(leas) - FIRST * (parts - 1)) // parts
    starts = [0, *(own + (len(leas) - own) * n // (parts - 1) for n in range(parts - 1)), len(leas)]
    return [leas[start:end] for start, end in pairwise(starts)]


def write_share(channel: Channel, release: Path, first: str, last: str) -> None:
    """Write the pages of the LEAs from one CDS code to another. Each is reported, so that this ends with the parent."""
    with connect_read_only(release / DATABASE) as connection, cycles_kept():
        leas = [lea for lea in all_leas(connection) if first <= lea.cds <= last]
        write_leas(connection, Pages(release / "reports", read_book(connection)), leas, channel.send)


@contextmanager
def cycles_kept() -> Iterator[None]:
    """Millions of small objects are made and dropped here, and pages of LEAs leave no cycles (a macro in their template
    would): Python is not to look for cycles among all of them each time that some were made.
    """
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked:
            gc.enable()


def write_leas(
    connection: duckdb.DuckDBPyConnection, pages: Pages, leas: Sequence[Lea], tell: Callable[[int], None]
) -> None:
    """A page for each of these LEAs, with every determination year; ``tell`` how many are written."""
    state_known, years = bool(state_values(connection, pages.book)), pages.book.determination_years
    for n, reports in enumerate(collect_years(connection, pages.book, leas, years)):
        tell(n)
        pages.write(f"lea/{leas[n].cds}.html", "lea.html", **lea_page(pages.book, reports, state_known))
