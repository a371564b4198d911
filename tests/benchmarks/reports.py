"""Measure the time for printed pages and the workbook, without assertions.

``python -m tests.benchmarks.reports [FOLDER OF RELEASES] [PAGES]``
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path

from reports.book import read_book
from reports.lea import collect
from reports.printed.sheet import Printer, facts_of, lea_sheet
from reports.published import all_leas, open_release
from reports.workbook.sheets import SHEETS
from reports.workbook.write import write_workbook
from transforms.settings import Settings


@contextmanager
def timed(what: str, n: int) -> Iterator[None]:
    started, worked = time.perf_counter(), time.process_time()
    yield
    seconds, busy = time.perf_counter() - started, time.process_time() - worked
    print(f"{what:<12} {n:>7,}  {seconds:7.2f} s, {busy:7.2f} s of a processor  {1000 * busy / max(n, 1):7.2f} ms each")  # noqa: T201


def main(out: Path, pages: int) -> None:
    """Measure on the current release of ``out``.

    If there are fewer LEAs than pages, they are printed again under other names, so that nothing is cached.
    """
    with open_release(out) as connection, tempfile.TemporaryDirectory() as folder:
        leas, book = all_leas(connection), read_book(connection)
        with timed("explained", len(leas)):
            sheets = [lea_sheet(book, e) for e in collect(connection, book, leas, book.year)]
        printer, size = Printer(book.release["as_of"]), 0
        with timed("pages", pages):
            for n, sheet in enumerate(islice(cycle(sheets), pages)):
                size += len(printer.print(facts_of([sheet | {"name": f"{sheet['name']} {n}"}], "page")))
        print(f"{size / max(pages, 1) / 1024:.0f} KiB a page")  # noqa: T201
        with timed("workbook", 1):
            write_workbook(connection, Path(folder) / "x.xlsx", SHEETS, "workbook")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Settings().out, int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
