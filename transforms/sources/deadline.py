"""When a download must be over, and how its connections end then.

A timeout counts from byte to byte. A server that drips its headers or sends one 103 after the other never runs into it.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any


class Deadline:
    """Cuts the connections of one download when its time is over."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.over = seconds, threading.Event()
        self._sockets: list[socket.socket] = []

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Note each connection as it is made; httpx calls this."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._sockets.append(info["return_value"].get_extra_info("socket"))
            if self.over.is_set():
                self.cut()

    def cut(self) -> None:
        """End every connection: whoever waits for bytes stops waiting."""
        self.over.set()
        for one in tuple(self._sockets):
            with suppress(OSError):  # closed already, or handed on to TLS
                # Not SSLSocket's, which would take the TLS object from under the reader.
                socket.socket.shutdown(one, socket.SHUT_RDWR)


@contextmanager
def ending_after(seconds: float) -> Iterator[Deadline]:
    """A deadline that holds as long as the block runs."""
    deadline = Deadline(seconds)
    timer = threading.Timer(seconds, deadline.cut)
    timer.daemon = True
    timer.start()
    try:
        yield deadline
    finally:
        timer.cancel()
