"""Run Great Expectations in a separate process, which imports it (three seconds, 270 MB) while files are read; or in
this process if it is already imported.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from pathlib import Path
from types import ModuleType

import duckdb
import pyarrow as pa

from expectations.results import GateResult
from transforms.run import Run
from transforms.worker import Channel, Worker

Fetch = Callable[[str], pa.Table]  # returns the rows of a query
UNUSED = ("scipy.stats", "altair")  # a quarter of what Great Expectations imports; our suites use neither
_ready: dict[Path, Worker] = {}  # by the scratch folder of the run


@dataclass(frozen=True)
class Query:
    """A query from the process that judges to the process that has the database open."""

    sql: str


@contextmanager
def judge_process(run: Run) -> Iterator[None]:
    """Stop the process that judges for this run when the block ends."""
    try:
        yield
    finally:
        if process := _ready.pop(run.folder, None):
            process.stop()


def prepare(run: Run) -> None:
    """Start the process early, so that it is ready when the gates need it. Call within ``judge_process``."""
    if not _is_imported() and run.folder not in _ready:
        _ready[run.folder] = Worker(serve)


def _is_imported() -> bool:
    return "great_expectations" in sys.modules


def rows_of(connection: duckdb.DuckDBPyConnection) -> Fetch:
    """Return a function that fetches the rows of queries on a connection."""
    return lambda sql: connection.sql(sql).to_arrow_table()


def run_judge(
    run: Run, connection: duckdb.DuckDBPyConnection, judge: Callable[..., list[GateResult]], *arguments: object
) -> list[GateResult]:
    """Return results of ``judge``, a function of a ``Fetch`` and the arguments that may import Great Expectations."""
    rows = rows_of(connection)
    if _is_imported():
        return judge(rows, *arguments)
    prepare(run)
    process = _ready[run.folder]
    process.send((judge, arguments))
    while isinstance(message := process.receive(), Query):
        try:
            process.send(rows(message.sql))
        except duckdb.Error as error:
            process.send(error)
    results: list[GateResult] = message
    return results


class LazyImports(MetaPathFinder):
    """An importer that loads some modules on first use instead of on import."""

    def __init__(self, names: Sequence[str]) -> None:
        """Take the full names of the modules."""
        self.names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of one of these modules, with a lazy loader; None for any other module."""
        spec = PathFinder.find_spec(fullname, path, target) if fullname in self.names else None
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


def serve(channel: Channel) -> None:
    """Import Great Expectations, then judge one request after another until the channel closes."""
    sys.meta_path.insert(0, LazyImports(UNUSED))
    import expectations.suites.files
    import expectations.suites.tables
    import expectations.validate  # noqa: F401

    def rows(sql: str) -> pa.Table:
        channel.send(Query(sql))
        answer = channel.receive()
        if isinstance(answer, duckdb.Error):
            raise answer
        return answer

    while True:
        judge, arguments = channel.receive()
        channel.send(judge(rows, *arguments))
