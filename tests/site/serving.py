"""The server on a port of this computer, for tests that ask it as a browser or a program would."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from reports.serve.ask import SECONDS
from reports.serve.server import listen, server_of


@contextmanager
def serving(out: Path, seconds: int = SECONDS) -> Iterator[httpx.Client]:
    """A client of a server that runs while the block does."""
    with listen() as made:
        server = server_of(out, seconds)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [made]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        with httpx.Client(base_url=f"http://127.0.0.1:{made.getsockname()[1]}", timeout=60) as client:
            # Reads the release now: a process opens a database in one way at a time, and tests open it too.
            client.get("/data.json")
            yield client
        server.should_exit = True
        thread.join(10)


def small_release(out: Path, name: str, files: dict[str, str]) -> Path:
    """A release with these files and no tables, which becomes the current one."""
    folder = out / "releases" / name
    for path, text in {"manifest.json": "{}", **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    (out / "next").symlink_to(f"releases/{name}")
    (out / "next").replace(out / "current")
    return folder
