"""Run queries on a release for visitors: one at a time for each, a few in all, with a time limit and a row limit.

An answer is one Arrow table, so CSV, JSON, Parquet and page cells have the same values.
"""

import asyncio
import io
import json
import signal
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from reports.serve.child import BYTES, MEMORY
from transforms.errors import DtaError
from transforms.release.csv_for_people import write_csv
from transforms.release.current import DATABASE
from transforms.settings import PROJECT
from transforms.values import plain

SECONDS = 10  # time limit of a query
GRACE = 5  # extra time for its process to start and end
ROWS = 100_000  # in one answer
MAX_RUNNING = 3  # maximum number of running queries
MAX_WAITING = 20  # maximum number of queries that wait
MAX_WAIT_SECONDS = 30  # seconds until a waiting query is refused

Value = str | int | float | bool | None


class AskError(DtaError):
    """A query failed. ``status`` is the HTTP status, ``limit`` the limit that ended it."""

    def __init__(self, message: str, status: int = 400, limit: str = "") -> None:
        self.status, self.limit = status, limit
        super().__init__(message)


@dataclass(frozen=True)
class Query:
    """SQL with values for its parameters. With ``names``, a parameter ``cds…`` may be the name of an LEA."""

    sql: str
    parameters: Mapping[str, Value] = field(default_factory=dict)
    rows: int = ROWS
    names: bool = False


@dataclass(frozen=True)
class Result:
    """Rows of a query. ``cut`` is the limit that left some out: ``rows`` or ``bytes``."""

    table: pa.Table
    cut: str = ""


class QueryRunner:
    """Run each query in its turn, in its own process."""

    def __init__(self, seconds: int = SECONDS) -> None:
        """Let queries run for at most this many seconds."""
        self.seconds = seconds
        self._turns = asyncio.Semaphore(MAX_RUNNING)
        self._locks: dict[str, asyncio.Lock] = {}
        self._visitors: Counter[str] = Counter()

    async def run(self, visitor: str, release: Path, queries: Sequence[Query]) -> list[Result]:
        """Return the results of the queries, all from one release. Raises AskError."""
        if self._visitors.total() >= MAX_RUNNING + MAX_WAITING:
            raise AskError("Too many queries are waiting. Try again in a moment.", 503, "turns")
        self._visitors[visitor] += 1
        try:
            async with AsyncExitStack() as turn:
                try:
                    async with asyncio.timeout(MAX_WAIT_SECONDS):
                        await turn.enter_async_context(self._locks.setdefault(visitor, asyncio.Lock()))
                        await turn.enter_async_context(self._turns)
                except TimeoutError:
                    raise AskError("Other queries are still running. Try again in a moment.", 503, "turns") from None
                return self._read(await self._run_child(release, queries))
        finally:
            self._visitors[visitor] -= 1
            if not self._visitors[visitor]:
                del self._visitors[visitor]
                self._locks.pop(visitor, None)

    def request(self, database: Path, queries: Sequence[Query]) -> dict[str, Any]:
        """Return the request for the child process."""
        return {"database": str(database), "seconds": self.seconds, "queries": [asdict(q) for q in queries]}

    async def _run_child(self, release: Path, queries: Sequence[Query]) -> bytes:
        """Return the child's answer. Ends the child if its time is up or the visitor left."""
        request = self.request(release / DATABASE, queries)
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "reports.serve.child"),
            cwd=PROJECT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(self.seconds + GRACE):
                content, _ = await child.communicate(json.dumps(request).encode())
        except TimeoutError:
            raise self._limit_error("time") from None
        finally:
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        if not content:  # the system ended it
            raise self._limit_error("time" if child.returncode == -getattr(signal, "SIGXCPU", 0) else "memory")
        return content

    def _read(self, content: bytes) -> list[Result]:
        head, _, rest = content.partition(b"\n")
        reply = json.loads(head)
        if "error" in reply:
            kind, message = reply["error"]["kind"], reply["error"]["message"]
            raise AskError(message) if kind == "query" else self._limit_error(kind)
        results = []
        for result in reply["results"]:
            results.append(Result(pa.ipc.open_stream(rest[: result["size"]]).read_all(), result["cut"]))
            rest = rest[result["size"] :]
        return results

    def _limit_error(self, limit: str) -> AskError:
        if limit == "time":
            return AskError(
                f"The query was stopped: it took longer than {self.seconds} seconds, the time limit. Ask for less, or"
                " use dta sql.",
                400,
                "time",
            )
        return AskError(
            f"The query was stopped: it needs more memory than it may use ({MEMORY}). Ask for fewer rows or shorter"
            " texts, or use dta sql.",
            400,
            "memory",
        )


def limit_sentence(cut: str, rows: int) -> str:
    """Explain why an answer does not have all rows."""
    limit = f"the row limit of {rows:,} rows" if cut == "rows" else f"the size limit of {BYTES >> 20} MB"
    return f"Not all rows are here: {limit} was reached."


HTML = "html"
MEDIA = {
    HTML: "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
DOWNLOADS = tuple(name for name in MEDIA if name != HTML)
NAMES = {"csv": "CSV", "json": "JSON", "parquet": "Parquet"}


def as_csv(table: pa.Table) -> bytes:
    """Return CSV for spreadsheets, in the form of ``dta sql --format csv``."""
    stream = io.BytesIO()
    write_csv(table, stream)
    return stream.getvalue()


def as_parquet(table: pa.Table) -> bytes:
    """Return Parquet for programs, with the values and types of the release."""
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def as_json(table: pa.Table, facts: Mapping[str, Any]) -> bytes:
    """Return JSON with columns, rows as objects, and facts about the answer."""
    document = {
        "columns": table.column_names,
        "rows": [{k: plain(v) for k, v in row.items()} for row in table.to_pylist(maps_as_pydicts="lossy")],
        **facts,
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=None).encode()


def is_number(kind: pa.DataType) -> bool:
    """Return True for columns that are right-aligned."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))
