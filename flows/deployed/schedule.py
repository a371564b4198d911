"""``dta schedule``: keep a Prefect server and a worker running on this machine, with all deployments. Loopback only."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx
from rich.console import Console

from flows.deployed.supervisor import SupervisedProcess, Supervisor
from transforms.errors import ConfigError
from transforms.folders import claim_work
from transforms.locks import only_one
from transforms.settings import PROJECT, Settings

POOL = "dta"  # work pool
LOOPBACK = "127.0.0.1"


def prefect_environment(settings: Settings, port: int) -> dict[str, str]:
    """Return the environment of the server, the worker and the runs.

    The server uses the database in PREFECT_SERVER_DATABASE_CONNECTION_URL; by default, SQLite in data/prefect.
    """
    return {
        **os.environ,
        "PREFECT_HOME": str(settings.work.absolute() / "prefect"),
        "PREFECT_API_URL": f"http://{LOOPBACK}:{port}/api",
        "PREFECT_SERVER_API_HOST": LOOPBACK,
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",  # for the server; the next one is for the client
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",  # a run without a server would lose its records
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "DTA_PROJECT": str(PROJECT),
        "DTA_OUT": str(settings.out.absolute()),
        "DTA_WORK": str(settings.work.absolute()),
    }


def schedule(settings: Settings, port: int, deployments: Path, console: Console) -> None:
    """Start the server and the worker, deploy, and keep both running until SIGTERM or Ctrl-C.

    Raises ConfigError if the port is taken or Prefect refuses the deployments.
    """
    environment = prefect_environment(settings, port)
    home = Path(environment["PREFECT_HOME"])
    claim_work(settings)
    # The server stores blocks with secrets here, and the key to them.
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with only_one(home / ".schedule.lock", f"dta schedule is running for {home} already."):
        _check_port(port)
        if not deployments.is_file():
            raise ConfigError(f"{deployments} is not a file. Give --deployments a file such as prefect.yaml.")
        prefect = [sys.executable, "-m", "prefect"]
        server = SupervisedProcess(
            "server", [*prefect, "server", "start", "--host", LOOPBACK, "--port", str(port)], lambda: _is_healthy(port)
        )
        worker = SupervisedProcess("worker", [*prefect, "worker", "start", "--pool", POOL, "--type", "process"])
        supervisor = Supervisor([server, worker], environment, lambda words: console.print(words, markup=False))
        supervisor.stop_on_signals()
        try:
            supervisor.start(server)
            if not supervisor.stopping:
                if (code := server.ended) is not None:
                    raise ConfigError(
                        f"The Prefect server ended with exit code {code} before it was ready. See the lines above."
                    )
                _deploy(environment, deployments, console)
                supervisor.start(worker)
                console.print(f"The nights are scheduled. Web page: http://{LOOPBACK}:{port} (this machine only)")
            supervisor.watch()
        except TimeoutError as error:
            raise ConfigError(f"{error}. See the lines above.") from error
        finally:
            supervisor.stop()


def _deploy(environment: dict[str, str], deployments: Path, console: Console) -> None:
    console.print("deploying")
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "flows.deployed.deploy", str(deployments)],
        env=environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise ConfigError(f"The deployments of {deployments} were rejected:\n{ended.stderr[-4000:]}")


def _check_port(port: int) -> None:
    """Raise ConfigError if any other server has the port, or if this user may not use it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a closed connection is no server
        try:
            probe.bind((LOOPBACK, port))
            probe.listen()
        except OSError as error:
            raise ConfigError(
                f"Port {port} cannot be used ({error.strerror}). Stop the program that uses it, or give another --port."
            ) from error


def _is_healthy(port: int) -> bool:
    try:
        return httpx.get(f"http://{LOOPBACK}:{port}/api/health", timeout=2, trust_env=False).is_success
    except httpx.HTTPError:
        return False
