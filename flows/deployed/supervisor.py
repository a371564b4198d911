"""Keep processes running on one machine: start them in order, restart those that end, stop all on request."""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

SHORTEST, LONGEST = 1.0, 60.0  # seconds before a restart; doubled each time that the process ends soon
STABLE_SECONDS = 300.0  # seconds of running after which the delay starts again at the shortest
STOP_TIMEOUT = 20.0  # seconds that a process has to end before it is killed
PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass
class SupervisedProcess:
    """A process that is kept running."""

    name: str
    command: Sequence[str]
    ready: Callable[[], bool] = lambda: True  # the next process starts only then
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = SHORTEST
    due: float = 0.0

    @property
    def ended(self) -> int | None:
        """Exit code of the process; None while it runs, or before it starts."""
        return self.process.poll() if self.process else None


def _die_with_parent() -> None:
    """In the child: end this process if the supervisor is killed, so that the next supervisor finds the port free.

    Linux only.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Supervisor:
    """Processes in the order in which they depend on each other."""

    processes: Sequence[SupervisedProcess]
    environment: Mapping[str, str]
    log: Callable[[str], None]
    stopping: bool = field(default=False)

    def start(self, one: SupervisedProcess, patience: float = 180.0) -> None:
        """Start a process and wait until it is ready. Raises TimeoutError."""
        self.log(f"starting {one.name}")
        # A separate process group: Ctrl-C reaches only the supervisor, which stops the processes in order.
        one.process = subprocess.Popen(  # noqa: S603
            one.command, env=dict(self.environment), preexec_fn=_die_with_parent, process_group=0
        )
        one.started = time.monotonic()
        while not one.ready():
            if self.stopping or one.process.poll() is not None:
                return
            if time.monotonic() - one.started > patience:
                raise TimeoutError(f"{one.name} is not ready after {patience:.0f} seconds")
            time.sleep(0.25)

    def watch(self, between: float = 0.5) -> None:
        """Restart processes that end, until ``stop`` is called."""
        while not self.stopping:
            for one in self.processes:
                self._restart_if_ended(one)
            time.sleep(between)

    def _restart_if_ended(self, one: SupervisedProcess) -> None:
        now = time.monotonic()
        if one.process is not None and one.process.poll() is not None:
            one.wait = SHORTEST if now - one.started > STABLE_SECONDS else min(one.wait * 2, LONGEST)
            one.due = now + one.wait
            self.log(f"{one.name} ended with exit code {one.process.returncode}; restarting it in {one.wait:.0f} s")
            one.process = None
        if one.process is None and now >= one.due and not self.stopping:
            try:
                self.start(one)
            except TimeoutError as error:
                self.log(str(error))
                stop_process(one)

    def stop(self) -> None:
        """End all processes, the last one first."""
        self.stopping = True
        for one in reversed(self.processes):
            if one.process is not None and one.process.poll() is None:
                self.log(f"stopping {one.name}")
                stop_process(one)

    def stop_on_signals(self) -> None:
        """Let SIGTERM and Ctrl-C end ``watch``."""

        def ask(number: int, frame: FrameType | None) -> None:
            self.stopping = True

        signal.signal(signal.SIGTERM, ask)
        signal.signal(signal.SIGINT, ask)


def stop_process(one: SupervisedProcess) -> None:
    """Ask a process to end; kill it if it does not."""
    if one.process is None:
        return
    one.process.terminate()
    try:
        one.process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        one.process.kill()
        one.process.wait()
