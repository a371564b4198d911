"""Ctrl-C and SIGTERM: the process always ends as interrupted, and nothing turns the signal into another error.

DuckDB answers a signal during a query with a plain RuntimeError, or not at all if the query runs on another thread. So
the handler stores the signal and interrupts every open connection. The stages call ``stop_if_signaled`` between two
pieces of work and wherever they catch errors. This module also sets how often Python looks for reference cycles.
"""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, ClassVar
from weakref import WeakSet

if TYPE_CHECKING:  # quick commands run without it
    import duckdb
import gc

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(KeyboardInterrupt):
    """A person or the system asked the process to end. Not an Exception, so that error handlers do not catch it."""

    def __init__(self, number: int = signal.SIGINT) -> None:
        super().__init__(f"interrupted by {signal.Signals(number).name}")
        self.exit_code = 128 + number  # the convention of shells
        self.message = f"The command was {self}."


class _State:
    """The state of the process: signals go to a process, not to a run."""

    number: int = 0  # the signal that came
    listening: bool = False
    shielded: bool = False
    connections: ClassVar["WeakSet[duckdb.DuckDBPyConnection]"] = WeakSet()


def interruptible(connection: "duckdb.DuckDBPyConnection") -> "duckdb.DuckDBPyConnection":
    """Stop the queries of ``connection`` when a signal comes."""
    _State.connections.add(connection)
    return connection


def stop_if_signaled() -> None:
    """Raise Interrupted if a signal came."""
    if _State.number:
        raise Interrupted(_State.number)


@contextmanager
def listening() -> Iterator[None]:
    """Turn SIGINT and SIGTERM into Interrupted.

    Does nothing on a thread other than the main one, or inside another ``listening``.
    """
    if _State.listening or threading.current_thread() is not threading.main_thread():
        yield
        return
    _State.number, _State.shielded, _State.listening = 0, False, True
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def on_signal(number: int, frame: FrameType | None) -> None:
        _State.number = number
        if _State.shielded:
            return
        for connection in list(_State.connections):
            with suppress(Exception):  # one that is closed
                connection.interrupt()
        earlier = before[signal.Signals(number)]
        # Prefect's handler, which reports a canceled run.
        if callable(earlier) and earlier is not signal.default_int_handler:
            earlier(number, frame)
        raise Interrupted(number)

    unraisable = sys.unraisablehook

    def report_unraisable(fault: "sys.UnraisableHookArgs") -> None:
        if not isinstance(fault.exc_value, Interrupted):
            unraisable(fault)

    try:
        # A signal may come where Python can only print the exception; stop_if_signaled raises it later.
        sys.unraisablehook = report_unraisable
        for number in SIGNALS:
            signal.signal(number, on_signal)
        yield
    finally:
        sys.unraisablehook = unraisable
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
        _State.number, _State.listening = 0, False


@contextmanager
def shielded() -> Iterator[None]:
    """Finish what must not be left half done, such as a record.

    If a signal comes during the block, the next ``stop_if_signaled`` outside raises it.
    """
    outer, _State.shielded = _State.shielded, True
    try:
        yield
    finally:
        _State.shielded = outer


@contextmanager
def infrequent_garbage_collection() -> Iterator[None]:
    """Look for reference cycles less often.

    A run makes millions of small objects and hardly any cycle, and so do pages of LEAs and imports of libraries. By
    default, Python would check all of them and all modules again and again.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
