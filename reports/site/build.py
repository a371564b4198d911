"""Write the site of a release: all pages, only from its published tables."""

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from reports.book import read_book
from reports.published import Lea, all_leas
from reports.quality import Quality, quality_of_release
from reports.site import lists, overview, places, records
from reports.site.drawn import write_known
from reports.site.lea_pages import write_leas
from reports.site.pages import FOLDER, Pages
from reports.site.reuse import reuse_pages
from reports.site.shares import shares, worth_of_other_pages, writers
from reports.site.tallies import lea_lines
from transforms.database import connect_read_only
from transforms.interrupt import interruptible
from transforms.release.current import DATABASE
from transforms.worker import cores

if TYPE_CHECKING:
    from transforms.run import Notify  # imports the rules and the readers of files

SOME = 100  # pages of LEAs per progress message
WORTH_A_PROCESS = 200  # pages of LEAs; another process takes as long as a hundred until it writes its first page


def write_site(release: Path, notify: "Notify", previous: Path | None = None) -> None:
    """Write ``reports/`` of a release that is being built. Progress counts pages of LEAs.

    ``previous``: the current release, if it is complete. Its pages are reused where nothing but the release changed.
    """
    quality = quality_of_release(release)
    with connect_read_only(release / DATABASE) as connection:
        pages, leas = Pages(release / "reports", read_book(connection)), all_leas(connection)
        shutil.copytree(FOLDER / "assets", pages.folder / "assets")
        if previous is None:
            with _writing_leas(connection, pages, leas, worth_of_other_pages(connection), notify):
                _write_other_pages(connection, pages, quality)
            return
        with interruptible(connection.cursor()) as own, ThreadPoolExecutor(max_workers=1) as pool:
            remaining = pool.submit(reuse_pages, own, pages, leas, previous)
            _write_other_pages(connection, pages, quality)
        with _writing_leas(connection, pages, remaining.result(), 0, notify):
            pass


def _write_other_pages(connection: duckdb.DuckDBPyConnection, pages: Pages, quality: Quality) -> None:
    lines = lea_lines(connection, pages.book)
    overview.write(connection, pages, lines)
    places.write(connection, pages, lines)
    lists.write(connection, pages, lines)
    records.write(connection, pages, quality)
    write_known(connection, pages)


@contextmanager
def _writing_leas(
    connection: duckdb.DuckDBPyConnection, pages: Pages, leas: Sequence[Lea], worth: int, notify: "Notify"
) -> Iterator[None]:
    """Write pages of LEAs in other processes while the block runs, and in this process after it.

    ``worth``: the number of pages of LEAs that take as long as the block.
    """
    own, *others = shares(leas, worth, cores() if len(leas) + worth > WORTH_A_PROCESS else 1)
    with writers(len(others)) as helpers:
        for helper, share in zip(helpers, others, strict=True):
            helper.send((pages.folder.parent.resolve(), share))

        def tell(done: int) -> None:
            if done % SOME == 0:
                written = done + sum(helper.newest() or 0 for helper in helpers)
                notify(f"writing pages of LEAs, {written:,} of {len(leas):,}", 0, None)

        yield
        write_leas(connection, pages, own, tell)
        for helper in helpers:
            helper.finish()
