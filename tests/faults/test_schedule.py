"""``dta schedule`` on the loopback.

Runs start by cron, an overlap is cancelled, server and worker are killed, the next night is good, the end is clean.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import yaml

from tests.faults.conftest import Place
from tests.workplace import SAMPLE
from transforms.release.current import current_release
from transforms.release.run_records import read_status
from transforms.release.verify import damage_of
from transforms.settings import PROJECT

Tell = Callable[[str, int, str], None]
Run = dict[str, Any]
POSTGRESQL = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Scheduled:
    """A running ``dta schedule``, seen through its API."""

    def __init__(self, place: Place, seconds: float, **environment: str) -> None:
        plan = yaml.safe_load((PROJECT / "prefect.yaml").read_text())
        (night,) = (d for d in plan["deployments"] if d["name"] == "nightly")
        night |= {
            "entrypoint": "tests/faults/slow_night.py:slow_night",
            "parameters": {"source": str(SAMPLE), "seconds": seconds},
        }
        night["schedules"] = [{"cron": "* * * * *", "timezone": "America/Los_Angeles"}]
        place.root.mkdir(exist_ok=True)
        (place.root / "deployments.yaml").write_text(yaml.safe_dump(plan))
        self.port, self.log = free_port(), place.root / "schedule.log"
        given = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "DTA_"))}
        given |= {"DTA_OUT": str(place.out), "DTA_WORK": str(place.root / "work"), **environment}
        command = [
            Path(sys.executable).parent / "dta",
            "schedule",
            "--port",
            str(self.port),
            "--deployments",
            place.root / "deployments.yaml",
        ]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, env=given, stdout=log, stderr=log)

    def ask(self, path: str, **body: Any) -> Any:
        answer = httpx.post(f"http://127.0.0.1:{self.port}/api/{path}", json=body, timeout=20, trust_env=False)
        answer.raise_for_status()
        return answer.json()

    def nights(self) -> list[Run]:
        """Return past runs of the nightly deployment, oldest first."""
        try:
            runs = self.ask(
                "flow_runs/filter",
                deployments={"name": {"any_": ["nightly"]}},
                sort="EXPECTED_START_TIME_ASC",
                limit=200,
            )
        except httpx.HTTPError:  # the server is restarting
            return []
        return [r for r in runs if r["state_type"] != "SCHEDULED"]

    def wait(self, what: str, found: Callable[[], Any], seconds: float = 300) -> Any:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            if result := found():
                return result
            time.sleep(1)
        states = [(r["name"], r["state_name"], r["state"]["message"]) for r in self.nights()]
        raise AssertionError(f"{what}: not in {seconds:.0f} s. {states}\n{self.log.read_text()[-3000:]}")

    def in_state(self, state: str, but: set[str] = frozenset(), words: str = "") -> list[Run]:  # type: ignore[assignment]
        return [
            r
            for r in self.nights()
            if r["state_type"] == state and r["id"] not in but and words in (r["state"]["message"] or "")
        ]

    def child(self, words: str) -> psutil.Process:
        (found,) = (p for p in psutil.Process(self.process.pid).children() if words in " ".join(p.cmdline()))
        return found

    def stop(self) -> None:
        children = psutil.Process(self.process.pid).children(recursive=True) if self.process.poll() is None else []
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(90) == 0
        _, alive = psutil.wait_procs(children, timeout=30)
        assert alive == []
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{self.port}/api/health", trust_env=False)


@contextmanager
def scheduled(place: Place, seconds: float, **environment: str) -> Iterator[Scheduled]:
    running = Scheduled(place, seconds, **environment)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            for process in psutil.Process(running.process.pid).children(recursive=True):
                process.kill()
            running.process.kill()
            running.process.wait()


def test_nights_of_a_schedule(tmp_path: Path, report_fault: Tell) -> None:
    place = Place(tmp_path / "place")
    with scheduled(place, seconds=70) as nights:
        (first,) = nights.wait("a run fired by cron", lambda: nights.in_state("RUNNING"))
        assert first["auto_scheduled"]
        report_fault("scheduled run on a loopback server", 1, "fired by cron")

        time.sleep(5)  # Prefect opens its connections: a run whose server dies at that moment ends as crashed
        nights.child("server start").kill()
        nights.wait("an overlapping run", lambda: nights.in_state("CANCELLED", words="concurrency limit"))
        report_fault("overlapping run", 1, "cancelled: concurrency limit reached")
        nights.wait("the first night", lambda: any(r["id"] == first["id"] for r in nights.in_state("COMPLETED")))
        assert "server ended with exit code -9; restarting it" in nights.log.read_text()
        release = current_release(place.out)
        assert release is not None
        assert damage_of(release) == []
        keys = {a["key"] for a in nights.ask("artifacts/latest/filter")}
        assert keys >= {"run-summary", "source-freshness", "gate-results", "changes", "release-link"}
        report_fault(
            "SIGKILL of the server while a run is at work", 1, "server started again; run completed and recorded"
        )

        def at_work() -> list[Run]:
            return [
                r
                for r in nights.in_state("RUNNING", but={first["id"]})
                if len(nights.child("worker start").children()) > 0
            ]

        (second,) = nights.wait("the next night", at_work)
        time.sleep(35)  # a heartbeat was sent
        worker = nights.child("worker start")
        running = worker.children(recursive=True)
        assert running
        worker.kill()
        for process in running:
            process.kill()
        crashed = nights.wait(
            "the automation", lambda: [r for r in nights.in_state("CRASHED") if r["id"] == second["id"]]
        )
        assert "No heartbeat for 90 seconds" in crashed[0]["state"]["message"]
        report_fault(
            "SIGKILL of worker and run, as in a power cut", 1, "marked crashed by the automation; worker started again"
        )

        nights.wait("a good night after it", lambda: nights.in_state("COMPLETED", but={first["id"], second["id"]}), 420)
        assert read_status(place.out)["last_outcome"] == "unchanged"
        assert current_release(place.out) == release
        nights.stop()
        report_fault("next night, and SIGTERM", 1, "completed; clean end, nothing left running")


@pytest.fixture
def postgresql(tmp_path: Path) -> Iterator[str]:
    """Start a PostgreSQL server on the loopback. Skips if it is not installed, or if no user can run it."""
    if POSTGRESQL is None or os.geteuid() != 0 or "postgres" not in {u.pw_name for u in pwd.getpwall()}:
        pytest.skip("PostgreSQL, root and the user postgres are needed")
    # Not in pytest's folders, which are closed to other users.
    port, home = free_port(), Path("/tmp") / f"dta-postgresql-{os.getpid()}"  # noqa: S108
    home.mkdir(mode=0o700)
    shutil.chown(home, "postgres", "postgres")

    def as_postgres(*command: object) -> None:
        subprocess.run(
            ["runuser", "-u", "postgres", "--", *map(str, command)], check=True, capture_output=True, cwd="/"
        )

    try:
        as_postgres(POSTGRESQL / "initdb", "-D", home / "data", "-A", "trust")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {home} -c fsync=off"
        as_postgres(POSTGRESQL / "pg_ctl", "-D", home / "data", "-w", "-l", home / "log", "-o", options, "start")
        as_postgres(POSTGRESQL / "psql", "-h", home, "-p", port, "-c", "create database dta_prefect")
        yield f"postgresql+asyncpg://postgres@127.0.0.1:{port}/dta_prefect"
    finally:
        subprocess.run(
            [
                "runuser",
                "-u",
                "postgres",
                "--",
                str(POSTGRESQL / "pg_ctl"),
                "-D",
                str(home / "data"),
                "-m",
                "immediate",
                "stop",
            ],
            check=False,
        )
        shutil.rmtree(home)


def test_a_night_with_postgresql(postgresql: str, tmp_path: Path, report_fault: Tell) -> None:
    place = Place(tmp_path / "place")
    with scheduled(place, seconds=0, PREFECT_SERVER_DATABASE_CONNECTION_URL=postgresql) as nights:
        nights.wait("a night", lambda: nights.in_state("COMPLETED"), 420)
        assert current_release(place.out) is not None
        assert not list((place.root / "work" / "prefect").glob("prefect.db*")), "nothing was written to SQLite"
        nights.stop()
    report_fault("scheduled run with PostgreSQL in place of SQLite", 1, "fired by cron, completed, recorded there")
