"""The application on a socket of the loopback address."""

import os
import socket
from pathlib import Path

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from reports.serve.app import create_app
from reports.serve.ask import SECONDS
from reports.serve.guard import LONGEST_ADDRESS, NAMES
from transforms.errors import ConfigError

HOST = NAMES[0]
CONNECTIONS = 100
LINGER = 2  # seconds


class Protocol(H11Protocol):
    """HTTP/1.1; what cannot be read as a request is answered in words.

    The connection stays open for a moment after that: closing it while the request still comes in would take the answer
    from the visitor.
    """

    refused = False

    def send_400_response(self, msg: str) -> None:
        """Say what may be wrong; ``msg`` is the library's, which says nothing of length."""
        words = (
            f"This request cannot be read: it is broken, or its address and headers are longer than {LONGEST_ADDRESS:,}"
            " bytes.\n".encode()
        )
        head = (
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length:"
            f" {len(words)}\r\nConnection: close\r\n\r\n"
        )
        self.refused = True
        self.transport.write(head.encode() + words)
        self.transport.write_eof()
        self.loop.call_later(LINGER, self.transport.close)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the request was refused."""
        if not self.refused:
            super().data_received(data)

    def eof_received(self) -> None:
        """The visitor has sent everything."""
        if self.refused:
            self.transport.close()


def listen(port: int = 0) -> socket.socket:
    """A socket on the loopback address; port 0 is any free one. Raises ConfigError when the port cannot be used."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it would share the port with another server
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((HOST, port))
        made.listen()
    except OSError as error:
        made.close()
        raise ConfigError(
            f"Port {port} cannot be used ({error.strerror}). Leave --port out: a free one is then chosen."
        ) from error
    return made


def server_of(out: Path, seconds: int = SECONDS) -> uvicorn.Server:
    """A server for the releases below ``out``."""
    config = uvicorn.Config(
        create_app(out, seconds),
        http=Protocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=LONGEST_ADDRESS,
    )
    return uvicorn.Server(config)
