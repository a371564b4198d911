"""Write the pages of LEAs. Processes that only write these pages import only this module."""

from collections.abc import Callable, Sequence

import duckdb

from reports.lea import collect_years
from reports.published import Lea
from reports.site.lea_page import lea_page
from reports.site.pages import Pages
from reports.site.reuse import frame_of, page_digests, read_shared


def write_leas(
    connection: duckdb.DuckDBPyConnection, pages: Pages, leas: Sequence[Lea], tell: Callable[[int], None]
) -> None:
    """Write a page with every determination year for each LEA. ``tell`` receives the number of written pages."""
    shared, frame = read_shared(connection, pages.book), frame_of(pages.book)
    digests = page_digests(connection, shared, leas)
    own = Pages(pages.folder, shared.book)
    for n, reports in enumerate(collect_years(connection, shared.book, leas, shared.book.determination_years)):
        tell(n)
        digest, facts = digests[leas[n].cds], lea_page(shared.book, reports, shared.state_known)
        own.write(f"lea/{leas[n].cds}.html", "lea.html", frame=frame, digest=digest, **facts)
