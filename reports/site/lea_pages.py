"""Write the pages of LEAs. Processes that do nothing else import this module alone."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import duckdb

from reports.lea import collect_years
from reports.published import Lea
from reports.site.drawn import state_values, unsaid_pathways
from reports.site.lea_page import lea_page
from reports.site.pages import Pages


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
    unsaid = unsaid_pathways(connection)
    for n, reports in enumerate(collect_years(connection, pages.book, leas, years)):
        tell(n)
        pages.write(f"lea/{leas[n].cds}.html", "lea.html", **lea_page(pages.book, reports, state_known, unsaid))
