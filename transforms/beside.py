"""A function at work in a process of its own, beside this one, and what the two say to each other.

The other process is a new Python and no fork, which DuckDB's threads would not survive. It has no part in the signals
of a terminal; when this process is gone, the next word that it says or waits for ends it.
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
from transforms.interrupt import cycles_seldom_sought, stop_if_asked
from transforms.settings import PROJECT

LOOK = 0.1  # seconds from one look for a signal to the next


def cores() -> int:
    """Processes that can work at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Channel:
    """The end of one process: whatever can be pickled goes to the other and comes from it."""

    def __init__(self, reading: int, writing: int) -> None:
        """Read and write file descriptors, which are closed with the channel."""
        self._from, self._to = Connection(reading, writable=False), Connection(writing, readable=False)

    def send(self, value: object) -> None:
        """Say something. Raises BrokenPipeError when the other process is gone."""
        self._to.send(value)

    def receive(self) -> Any:
        """What the other process says next. Raises EOFError when it is gone."""
        return self._from.recv()

    def says(self, seconds: float = 0) -> bool:
        """True if there is something to receive, or the other process is gone."""
        return self._from.poll(seconds)

    def close(self) -> None:
        """Say and hear no more."""
        self._from.close()
        self._to.close()


@dataclass(frozen=True)
class Ended:
    """The function came to its end."""


@dataclass(frozen=True)
class Fault:
    """What ended the function: words, and number and file of a fault of the system."""

    words: str
    number: int | None = None
    file: str | None = None

    def error(self) -> Exception:
        """The fault as an error of this process."""
        return OSError(self.number, os.strerror(self.number), self.file) if self.number else DtaError(self.words)


class Beside:
    """A function that another process runs; it is given its end of the channel and the arguments. To be stopped."""

    def __init__(self, function: Callable[..., None], *arguments: object) -> None:
        """Start it. ``function`` is one that a module defines; the other process imports that module."""
        self._name, self._newest, self._has_ended = function.__qualname__, None, False
        self._process = subprocess.Popen(
            [sys.executable, "-m", "transforms.beside"],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        with self._process.stdin as to, self._process.stdout as of:  # type: ignore[union-attr]
            self._channel = Channel(os.dup(of.fileno()), os.dup(to.fileno()))
        self.send((function, arguments))

    def send(self, value: object) -> None:
        """Say something to it. ``receive`` reports that it is gone."""
        try:
            self._channel.send(value)
        except BrokenPipeError:
            return

    def newest(self) -> Any:
        """The last that it said so far, without waiting. Raises as ``receive`` does."""
        while not self._has_ended and self._channel.says():
            self.receive()
        return self._newest

    def receive(self) -> Any:
        """What it says next, which a signal ends the waiting for. Raises OSError where a fault of the system ended it,
        else DtaError.
        """
        while not self._channel.says(LOOK):
            stop_if_asked()
        try:
            said = self._channel.receive()
        except EOFError:
            raise DtaError(
                f"A process that worked on this run ({self._name}) ended with {self._process.wait()}, as when memory is"
                " short. Run again."
            ) from None
        if isinstance(said, Fault):
            raise said.error()
        self._has_ended = isinstance(said, Ended)
        self._newest = self._newest if self._has_ended else said
        return said

    def finish(self) -> None:
        """Wait for its end. Raises as ``receive`` does."""
        while not self._has_ended:
            self.receive()

    def stop(self) -> None:
        """End it, wherever it is."""
        self._process.kill()
        self._process.wait()
        self._channel.close()


def main() -> int:
    """Run the function that the parent names."""
    channel = Channel(os.dup(0), os.dup(1))
    os.dup2(2, 1)  # what a library prints is not for the parent
    try:
        with cycles_seldom_sought():
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
    from transforms import beside  # under its own name: what it sends is of that module, not of __main__

    sys.exit(beside.main())
