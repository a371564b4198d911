"""Pages of LEAs are written by several processes, which begin while the tables of the release are written: each needs
a third of a second to import what it needs.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from itertools import pairwise
from threading import Thread

import duckdb

from reports.published import Lea
from transforms.beside import Beside, Channel, cores
from transforms.database import one_row

MOST = 4  # processes
_ready: list[Beside] = []


def worth_of_other_pages(connection: duckdb.DuckDBPyConnection) -> int:
    """How many pages of LEAs take as long as all other pages.

    By milliseconds that were measured with 8 and with 525 rows of evidence for each LEA.
    """
    leas, rows = one_row(connection, "select (select count(*) from leas), (select count(*) from evidence)")
    others, one = 900 + 0.8 * leas, 2 + 0.011 * rows / max(leas, 1)
    return int(others / one)


def shares(leas: Sequence[Lea], worth: int, processes: int) -> list[Sequence[Lea]]:
    """The LEAs in parts that follow each other by CDS code, the first for this process, which has the other pages to
    write as well: they are worth so many pages of LEAs.
    """
    parts = _parts(len(leas), worth, processes)
    own = (len(leas) - worth * (parts - 1)) // parts
    starts = [0, *(own + (len(leas) - own) * n // (parts - 1) for n in range(parts - 1)), len(leas)]
    return [leas[start:end] for start, end in pairwise(starts)]


def _parts(leas: int, worth: int, processes: int) -> int:
    most = (leas + worth) // (worth + 1)  # so that this process has a page at least
    return max(1, min(processes, MOST, most))


@contextmanager
def pages_ahead(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Within, the processes that the pages of these tables take are ready, and this one makes itself ready beside."""
    Thread(target=_make_ready, daemon=True).start()
    (leas,) = one_row(connection, "select count(*) from leas")
    with ExitStack() as stack:
        for _ in range(_parts(leas, worth_of_other_pages(connection), cores()) - 1):
            _ready.append(Beside(write_share))
            stack.callback(_ready[-1].stop)
        stack.callback(_ready.clear)
        yield


def _make_ready() -> None:
    """Import what writes pages, and compile their templates."""
    import_module("reports.site.build")
    from reports.site.pages import environment

    for template in environment().list_templates(["html"]):
        environment().get_template(template)


@contextmanager
def writers(number: int) -> Iterator[list[Beside]]:
    """So many processes, each to be sent its release and the first and last CDS code of its share."""
    with ExitStack() as stack:
        found, _ready[:] = _ready[:number], _ready[number:]
        found += [Beside(write_share) for _ in range(number - len(found))]
        for one in found:
            stack.callback(one.stop)
        yield found


def write_share(channel: Channel) -> None:
    """Write the pages of the LEAs from one CDS code to another. Each is reported, so that this ends with the parent."""
    from reports.book import read_book
    from reports.published import all_leas
    from reports.site.lea_pages import write_leas
    from reports.site.pages import Pages, environment
    from transforms.database import connect_read_only
    from transforms.release.current import DATABASE

    environment().get_template("lea.html")
    release, first, last = channel.receive()
    with connect_read_only(release / DATABASE) as connection:
        leas = [lea for lea in all_leas(connection) if first <= lea.cds <= last]
        write_leas(connection, Pages(release / "reports", read_book(connection)), leas, channel.send)
