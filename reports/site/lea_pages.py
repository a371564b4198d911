"""Write the pages of LEAs. Processes that do nothing else import this module alone."""

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
    """A page for each of these LEAs, with every determination year; ``tell`` how many are written."""
    state_known, years = bool(state_values(connection, pages.book)), pages.book.determination_years
    unsaid = unsaid_pathways(connection)
    for n, reports in enumerate(collect_years(connection, pages.book, leas, years)):
        tell(n)
        pages.write(f"lea/{leas[n].cds}.html", "lea.html", **lea_page(pages.book, reports, state_known, unsaid))
