"""Write the pages of LEAs. Processes that only write these pages import only this module."""

from collections.abc import Callable, Sequence

import duckdb

from reports.lea import collect_years
from reports.published import Lea
from reports.site.drawn import state_values, unsaid_pathways
from reports.site.lea_page import lea_page
from reports.site.pages import Pages


def write_leas(
    connection: duckdb.DuckDBPyConnection, pages: Pages, leas: Sequence[Lea], tell: Callable[[int], None]
) -> None:
    """Write a page with every determination year for each LEA. ``tell`` receives the number of written pages."""
    state_known, years = bool(state_values(connection, pages.book)), pages.book.determination_years
    unsaid = unsaid_pathways(connection)
    for n, reports in enumerate(collect_years(connection, pages.book, leas, years)):
        tell(n)
        pages.write(f"lea/{leas[n].cds}.html", "lea.html", **lea_page(pages.book, reports, state_known, unsaid))
