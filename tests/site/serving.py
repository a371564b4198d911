"""The server on a local port, for tests that send requests as a browser or a program would."""

import asyncio
import os
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from reports.serve.ask import SECONDS, Query, QueryRunner
from reports.serve.child import response_bytes
from reports.serve.server import listen, server_of
from transforms.release.current import DATABASE


class InProcessRunner(QueryRunner):
    """Answer queries in this process, for tests of requests and answers that do not need a process per query."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self._one, self._folder = asyncio.Lock(), Path(tempfile.mkdtemp())
        weakref.finalize(self, shutil.rmtree, self._folder)

    async def _run_child(self, release: Path, queries: Sequence[Query]) -> bytes:
        # Under another name, because a process opens a database in only one mode at a time, and tests open it too.
        database = self._folder / f"{release.name}.duckdb"
        if not database.exists():
            os.link(release / DATABASE, database)
        async with self._one:
            return await asyncio.to_thread(response_bytes, self.request(database, queries))


@contextmanager
def serving(out: Path, seconds: int = SECONDS, runner: type[QueryRunner] = QueryRunner) -> Iterator[httpx.Client]:
    """Yield a client of a server that runs during the block."""
    with listen() as made, pytest.MonkeyPatch.context() as patch:
        patch.setattr("reports.serve.app.QueryRunner", runner)
        server = server_of(out, seconds)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [made]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        with httpx.Client(base_url=f"http://127.0.0.1:{made.getsockname()[1]}", timeout=60) as client:
            # Read the release now, because a process opens a database in only one mode at a time, and tests open it
            # too.
            client.get("/data.json")
            yield client
        server.should_exit = True
        thread.join(10)


def small_release(out: Path, name: str, files: dict[str, str]) -> Path:
    """Make a release with these files and no tables the current one."""
    folder = out / "releases" / name
    for path, text in {"manifest.json": "{}", **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    (out / "next").symlink_to(f"releases/{name}")
    (out / "next").replace(out / "current")
    return folder
