"""Run a function in a separate process and exchange messages with it.

The other process is a new Python, not a fork, because DuckDB's threads do not survive a fork. Signals of the terminal
do not reach it. If this process is gone, the other one ends the next time it sends or waits for a message.
"""

import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from transforms.errors import DtaError
from transforms.interrupt import infrequent_garbage_collection, stop_if_signaled
from transforms.settings import PROJECT

SIGNAL_CHECK_SECONDS = 0.1  # seconds between two checks for a signal


def cores() -> int:
    """Return the number of processes that can run at once on this machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Channel:
    """One process's end of the connection: sends and receives any value that can be pickled."""

    def __init__(self, reading: int, writing: int) -> None:
        """Use two file descriptors, one to read and one to write; ``close`` closes both."""
        self._from, self._to = Connection(reading, writable=False), Connection(writing, readable=False)

    def send(self, value: object) -> None:
        """Send a value. Raises BrokenPipeError if the other process is gone."""
        self._to.send(value)

    def receive(self) -> Any:
        """Return the next value from the other process. Raises EOFError if it is gone."""
        return self._from.recv()

    def has_message(self, seconds: float = 0) -> bool:
        """Return True if there is something to receive or the other process is gone."""
        return self._from.poll(seconds)

    def close(self) -> None:
        """Close both directions."""
        self._from.close()
        self._to.close()


@dataclass(frozen=True)
class Ended:
    """The function finished."""


@dataclass(frozen=True)
class Fault:
    """The error that ended the function: its text, and the number and file of a system error."""

    words: str
    number: int | None = None
    file: str | None = None

    def error(self) -> Exception:
        """Return the fault as an exception for this process."""
        return OSError(self.number, os.strerror(self.number), self.file) if self.number else DtaError(self.words)


class Worker:
    """A function that runs in another process, with its end of the channel and the arguments. Stop it at the end."""

    def __init__(self, function: Callable[..., None], *arguments: object) -> None:
        """Start it. ``function`` must be defined in a module, because the other process imports that module."""
        self._name, self._newest, self._has_ended = function.__qualname__, None, False
        self._process = subprocess.Popen(
            [sys.executable, "-m", "transforms.worker"],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        with self._process.stdin as to, self._process.stdout as of:  # type: ignore[union-attr]
            self._channel = Channel(os.dup(of.fileno()), os.dup(to.fileno()))
        self.send((function, arguments))

    def send(self, value: object) -> None:
        """Send it a value. If it is gone, ``receive`` reports that."""
        try:
            self._channel.send(value)
        except BrokenPipeError:
            return

    def newest(self) -> Any:
        """Return the last value that it has sent so far, without waiting. Raises as ``receive`` does."""
        while not self._has_ended and self._channel.has_message():
            self.receive()
        return self._newest

    def receive(self) -> Any:
        """Return the next value that it sends. A signal ends the wait.

        Raises OSError if a system error ended the function, DtaError if anything else did.
        """
        while not self._channel.has_message(SIGNAL_CHECK_SECONDS):
            stop_if_signaled()
        try:
            message = self._channel.receive()
        except EOFError:
            raise DtaError(
                f"A worker process of this run ({self._name}) ended with {self._process.wait()}; memory may have"
                " run out. Run again."
            ) from None
        if isinstance(message, Fault):
            raise message.error()
        self._has_ended = isinstance(message, Ended)
        self._newest = self._newest if self._has_ended else message
        return message

    def finish(self) -> None:
        """Wait until it finishes. Raises as ``receive`` does."""
        while not self._has_ended:
            self.receive()

    def stop(self) -> None:
        """Kill the process."""
        self._process.kill()
        self._process.wait()
        self._channel.close()


def main() -> int:
    """Run the function that the parent names."""
    channel = Channel(os.dup(0), os.dup(1))
    os.dup2(2, 1)  # what a library prints must not reach the parent
    try:
        with infrequent_garbage_collection():
            channel.send(_outcome(channel))
    except (EOFError, BrokenPipeError):  # the parent is gone
        return 1
    return 0


def _outcome(channel: Channel) -> Ended | Fault:
    try:
        function, arguments = channel.receive()
        function(channel, *arguments)
    except (EOFError, BrokenPipeError):
        raise
    except OSError as error:
        return Fault(str(error), error.errno, None if error.filename is None else str(error.filename))
    except DtaError as error:
        return Fault(str(error))
    except Exception:
        return Fault(traceback.format_exc())
    return Ended()


if __name__ == "__main__":
    from transforms import worker  # by its own name: the classes it sends belong to that module, not to __main__

    sys.exit(worker.main())
