"""Share the pages of LEAs among several processes.

The processes start while the release's tables are written, because each needs a third of a second for its imports.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from itertools import pairwise
from threading import Thread

import duckdb

from reports.published import Lea
from transforms.database import fetch_one
from transforms.worker import Channel, Worker, cores

MOST = 4  # maximum number of processes
_ready: list[Worker] = []


def worth_of_other_pages(connection: duckdb.DuckDBPyConnection) -> int:
    """Return how many pages of LEAs take as long as all other pages.

    Based on milliseconds measured with 8 and with 525 rows of evidence for each LEA.
    """
    leas, rows = fetch_one(connection, "select (select count(*) from leas), (select count(*) from evidence)")
    others, one = 900 + 0.8 * leas, 2 + 0.011 * rows / max(leas, 1)
    return int(others / one)


def shares(leas: Sequence[Lea], worth: int, processes: int) -> list[Sequence[Lea]]:
    """Split the LEAs into parts in CDS code order.

    The first part is for this process, which also writes the other pages. These are worth ``worth`` pages of LEAs.
    """
    parts = _parts(len(leas), worth, processes)
    own = (len(leas) - worth * (parts - 1)) // parts
    starts = [0, *(own + (len(leas) - own) * n // (parts - 1) for n in range(parts - 1)), len(leas)]
    return [leas[start:end] for start, end in pairwise(starts)]


def _parts(leas: int, worth: int, processes: int) -> int:
    most = (leas + worth) // (worth + 1)  # so that this process has at least one page
    return max(1, min(processes, MOST, most))


@contextmanager
def pages_ahead(connection: duckdb.DuckDBPyConnection, some: bool = False) -> Iterator[None]:
    """Start the processes for the pages of these tables, and prepare this one too, while the block runs.

    ``some``: only pages that differ from those of a release will be written, so that this process is enough.
    """
    Thread(target=_make_ready, daemon=True).start()
    (leas,) = fetch_one(connection, "select count(*) from leas")
    with ExitStack() as stack:
        for _ in range(0 if some else _parts(leas, worth_of_other_pages(connection), cores()) - 1):
            _ready.append(Worker(write_share))
            stack.callback(_ready[-1].stop)
        stack.callback(_ready.clear)
        yield


def _make_ready() -> None:
    """Import the modules that write pages, and compile their templates."""
    import_module("reports.site.build")
    from reports.site.pages import environment

    for template in environment().list_templates(["html"]):
        environment().get_template(template)


@contextmanager
def writers(number: int) -> Iterator[list[Worker]]:
    """Start this many processes. Each waits for its release and its share of the LEAs."""
    with ExitStack() as stack:
        found, _ready[:] = _ready[:number], _ready[number:]
        found += [Worker(write_share) for _ in range(number - len(found))]
        for one in found:
            stack.callback(one.stop)
        yield found


def write_share(channel: Channel) -> None:
    """Write the pages of some LEAs. Reports each page, so that it ends with its parent."""
    from reports.book import read_book
    from reports.site.lea_pages import write_leas
    from reports.site.pages import Pages, environment
    from transforms.database import connect_read_only
    from transforms.release.current import DATABASE

    environment().get_template("lea.html")
    release, leas = channel.receive()
    with connect_read_only(release / DATABASE) as connection:
        write_leas(connection, Pages(release / "reports", read_book(connection)), leas, channel.send)
