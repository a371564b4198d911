"""Write the site of a release: every page from its published tables, nothing else."""

import gc
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
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
from reports.site.shares import shares, writers
from reports.site.tallies import lea_lines
from transforms.beside import cores
from transforms.database import connect_read_only
from transforms.release.current import DATABASE
from transforms.run import Notify

SOME = 100  # pages of LEAs from one message of progress to the next


def write_site(release: Path, notify: Notify) -> None:
    """Write ``reports/`` of a release that is being built. Progress counts pages of LEAs."""
    quality = quality_of_release(release)
    with connect_read_only(release / DATABASE) as connection, cycles_kept(), ExitStack() as stack:
        book, leas = read_book(connection), all_leas(connection)
        pages = Pages(release / "reports", book)
        shutil.copytree(FOLDER / "assets", pages.folder / "assets")
        own, *others = shares(leas, cores())
        helpers = stack.enter_context(writers(len(others)))
        for helper, share in zip(helpers, others, strict=True):
            helper.send((release.resolve(), share[0].cds, share[-1].cds))

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
