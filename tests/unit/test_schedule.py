"""``dta schedule`` with a port that is not available, or without a plan: a clear message before anything starts."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from rich.console import Console

from flows.deployed.schedule import schedule
from flows.deployed.supervisor import SupervisedProcess, Supervisor
from transforms.errors import ConfigError
from transforms.settings import PROJECT, Settings


@pytest.fixture(params=["http", "silent"])
def taken(request: pytest.FixtureRequest) -> Iterator[int]:
    """Return a port that a web server uses, or one that never answers."""
    if request.param == "http":
        server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server.server_port
        server.shutdown()
        server.server_close()
        return
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_port_of_another_server_is_refused(taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Supervisor, "start", lambda *_: pytest.fail("nothing may be started"))
    with pytest.raises(
        ConfigError, match=rf"Port {taken} cannot be used \(Address already in use\)\. Stop the program .* --port"
    ):
        schedule(Settings(work=tmp_path), taken, PROJECT / "prefect.yaml", Console(quiet=True))


def test_a_privileged_port_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(ConfigError, match=r"Port 4200 cannot be used \(Permission denied\)"):
        schedule(Settings(work=tmp_path), 4200, PROJECT / "prefect.yaml", Console(quiet=True))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_missing_plan_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"plan\.yaml is not a file"):
        schedule(Settings(work=tmp_path), free_port(), tmp_path / "plan.yaml", Console(quiet=True))


def test_a_server_that_exits_immediately_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.deployed.schedule.sys.executable", "/bin/false")
    monkeypatch.setattr(Supervisor, "stop_on_signals", lambda self: None)
    with pytest.raises(ConfigError, match="The Prefect server ended with exit code 1 before it was ready"):
        schedule(Settings(work=tmp_path), free_port(), PROJECT / "prefect.yaml", Console(quiet=True))


def test_the_exit_of_a_process_is_described() -> None:
    one = SupervisedProcess("one", ["/bin/false"])
    assert one.ended is None
    supervisor = Supervisor([one], {}, lambda words: None)
    supervisor.start(one)
    assert one.process
    one.process.wait()
    assert one.ended == 1
