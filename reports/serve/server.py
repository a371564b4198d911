"""``dta site``: the pages of the current release, its tables and SQL, on a socket of the loopback address."""

import os
import socket
import webbrowser
from pathlib import Path

import uvicorn
from rich.console import Console
from uvicorn.protocols.http.h11_impl import H11Protocol

from reports.serve.app import create_app
from reports.serve.ask import ROWS, SECONDS
from reports.serve.guard import LONGEST_ADDRESS, NAMES
from reports.serve.release import START
from transforms.errors import ConfigError, ReleaseError
from transforms.release.current import required_release

HOST = NAMES[0]
CONNECTIONS = 100
LINGER = 2  # seconds


class Protocol(H11Protocol):
    """HTTP/1.1. A malformed request gets an answer in words.

    The connection stays open for a moment after that answer. If it closed while the request still arrives, the visitor
    would not get the answer.
    """

    refused = False

    def send_400_response(self, msg: str) -> None:
        """Explain what may be wrong. ``msg`` comes from the library and does not mention length."""
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
        """Close the connection of a refused request once the visitor has sent everything."""
        if self.refused:
            self.transport.close()


def listen(port: int = 0) -> socket.socket:
    """Return a socket on the loopback address; port 0 is any free port. Raises ConfigError if the port is unusable."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # on Windows it would share the port with another server
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((HOST, port))
        made.listen()
    except OSError as error:
        made.close()
        raise ConfigError(
            f"Port {port} cannot be used ({error.strerror}). Leave out --port to use a free one."
        ) from error
    return made


def server_of(out: Path, seconds: int = SECONDS) -> uvicorn.Server:
    """Return a server for the releases below ``out``."""
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


def serve_site(out: Path, console: Console, open_browser: bool, port: int = 0) -> None:
    """Serve until Ctrl-C. Raises ReleaseError if there is no release, or if it has no pages."""
    release = required_release(out)
    if not (release / START).is_file():
        raise ReleaseError(f"Release {release.name} in {out} has no pages. Run: dta run")
    with listen(port) as made:
        host, port = made.getsockname()
        address = f"http://{host}:{port}"
        limits = f"(a query: {SECONDS} seconds, {ROWS:,} rows)"
        console.print(f"Pages of release {release.name}: {address}/", markup=False, soft_wrap=True)
        console.print(f"Tables: {address}/data  SQL: {address}/sql  {limits}", markup=False, soft_wrap=True)
        console.print("Only this computer can open them. Stop with Ctrl-C.")
        if open_browser and not webbrowser.open(f"{address}/"):
            console.print("No browser could be opened: go to the address above.")
        try:
            server_of(out).run(sockets=[made])
        except KeyboardInterrupt:
            console.print("Stopped.")
