"""Write the site of a release: all pages, only from its published tables."""

import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from reports.book import read_book
from reports.published import all_leas
from reports.quality import quality_of_release
from reports.site import lists, overview, places, records
from reports.site.drawn import write_known
from reports.site.lea_pages import write_leas
from reports.site.pages import FOLDER, Pages
from reports.site.shares import shares, worth_of_other_pages, writers
from reports.site.tallies import lea_lines
from transforms.database import connect_read_only
from transforms.release.current import DATABASE
from transforms.worker import cores

if TYPE_CHECKING:
    from transforms.run import Notify  # imports the rules and the readers of files

SOME = 100  # pages of LEAs per progress message


def write_site(release: Path, notify: "Notify") -> None:
    """Write ``reports/`` of a release that is being built. Progress counts pages of LEAs."""
    quality = quality_of_release(release)
    with connect_read_only(release / DATABASE) as connection, ExitStack() as stack:
        book, leas = read_book(connection), all_leas(connection)
        pages = Pages(release / "reports", book)
        shutil.copytree(FOLDER / "assets", pages.folder / "assets")
        own, *others = shares(leas, worth_of_other_pages(connection), cores())
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
