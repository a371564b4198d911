"""Two processes: each receives the other's messages, errors keep their text, and no process is left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import psutil
import pytest

from reports.published import Lea
from reports.site.shares import MOST, pages_ahead, shares, worth_of_other_pages, writers
from tests.unit.worker_functions import beat, count, double, fail
from tests.workplace import PROJECT
from transforms.errors import DtaError, storage_error
from transforms.interrupt import Interrupted, listening
from transforms.worker import Worker

PATIENCE = 60.0


@pytest.fixture
def start() -> Iterator[Callable[..., Worker]]:
    started: list[Worker] = []

    def begin(*given: object) -> Worker:
        started.append(Worker(*given))  # type: ignore[arg-type]
        return started[-1]

    yield begin
    for one in started:
        one.stop()
    assert not psutil.Process().children()


def wait_until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_a_request_gets_its_response(start: Callable[..., Worker]) -> None:
    one = start(double)
    for n in (1, 21, "ab"):
        one.send(n)
        assert one.receive() == 2 * n
    assert one.newest() == "abab"


def test_the_newest_message_is_read_and_printed_output_is_ignored(start: Callable[..., Worker]) -> None:
    one = start(count, 500)
    assert one.newest() is None or isinstance(one.newest(), int)
    one.finish()
    assert one.newest() == 500


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("disk", "/full/page.html: the disk is full. Free some space and run again."),
        ("release", "Release x is damaged."),
        ("killed", "(fail) ended with -9"),
        ("ours", "ValueError: a fault of ours"),
    ],
)
def test_the_cause_of_an_ended_worker_is_reported(start: Callable[..., Worker], how: str, words: str) -> None:
    one = start(fail, how)
    with pytest.raises((DtaError, OSError)) as caught:
        one.finish()
    assert words in str(storage_error(caught.value) or caught.value)


@pytest.mark.slow
def test_a_worker_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.unit.worker_functions import parent;"
        "parent(None, Path(sys.argv[1]))"
    )
    file = tmp_path / "beat"
    process = subprocess.Popen([sys.executable, "-c", code, str(file)], cwd=PROJECT)
    wait_until(lambda: file.exists() and bool(file.read_text()))
    beating = int(file.read_text().split()[0])
    process.kill()
    process.wait()
    wait_until(lambda: not psutil.pid_exists(beating))


@pytest.mark.slow
def test_a_signal_ends_the_wait(start: Callable[..., Worker], tmp_path: Path) -> None:
    one = start(beat, tmp_path / "beat")
    threading.Timer(1, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(Interrupted), listening():
        one.finish()


@pytest.fixture
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
    """Create a state without any row of evidence."""
    with duckdb.connect() as connection:
        connection.execute("create table leas as from range(3000); create table evidence as from range(0)")
        yield connection


@pytest.mark.parametrize("worth", [1, 550])
@pytest.mark.parametrize("number", [0, 1, 550, 1099, 1100, 1012, 2310, 10_000])
@pytest.mark.parametrize("processes", [1, 2, 3, 64])
def test_every_lea_is_in_exactly_one_share(number: int, processes: int, worth: int) -> None:
    leas = [Lea(f"{n:014}", "", "", "", "") for n in range(number)]
    parts = shares(leas, worth, processes)
    assert [lea for part in parts for lea in part] == leas
    assert len(parts) <= min(processes, MOST)
    assert all(parts) or not leas
    others = [len(part) for part in parts[1:]]
    assert not others or max(others) - min(others) <= 1
    assert all(n - len(parts[0]) in range(worth - 1, worth + MOST + 1) for n in others)


def test_other_pages_weigh_fewer_pages_when_leas_have_much_evidence(tables: duckdb.DuckDBPyConnection) -> None:
    few = worth_of_other_pages(tables)
    tables.execute("insert into evidence from range(1_000_000)")
    assert 0 < worth_of_other_pages(tables) < few / 2


def test_ready_processes_write_pages_and_none_is_left(tables: duckdb.DuckDBPyConnection) -> None:
    with pages_ahead(tables):
        ready = psutil.Process().children()
        assert ready
        with writers(len(ready) + 1) as found:
            assert len(found) == len(ready) + 1
            assert set(ready) < set(psutil.Process().children())
        assert psutil.Process().children() == []
    with pages_ahead(tables):
        pass
    assert psutil.Process().children() == []
