"""A loopback server that simulates CDE over HTTPS: each path answers from a script, one answer per request."""

import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import trustme

Answer = Callable[[BaseHTTPRequestHandler], None]


class Cde:
    """Answers by path; the last answer of a script repeats. ``asked`` keeps (path, headers) of every request."""

    def __init__(self) -> None:
        self.scripts: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert("localhost").configure_cert(context)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.base = f"https://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        cde = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                cde.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                script = cde.scripts.get(self.path, [status(404)])
                answer = script.pop(0) if len(script) > 1 else script[0]
                with suppress(BrokenPipeError, ConnectionResetError, ssl.SSLError):
                    answer(self)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def requests(self, path: str) -> list[dict[str, str]]:
        return [headers for asked, headers in self.asked if asked == path]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def body(content: bytes, etag: str = "", **headers: str) -> Answer:
    """Return 200 with the whole content, or 304 if the request already has this tag."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        if etag and request.headers.get("If-None-Match") == etag:
            request.send_response(304)
            request.send_header("ETag", etag)
            request.end_headers()
            return
        start = 0
        asked = request.headers.get("Range", "")
        if asked and etag and request.headers.get("If-Range") == etag:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            request.send_response(206)
            request.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            request.send_response(200)
        _headers(request, len(content) - start, etag, headers)
        request.wfile.write(content[start:])

    return answer


def cut(content: bytes, at: int, etag: str = "", **headers: str) -> Answer:
    """Return an answer that announces all of the content and closes the connection in the middle."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        _headers(request, len(content), etag, headers)
        request.wfile.write(content[:at])
        request.wfile.flush()
        request.close_connection = True

    return answer


def _headers(request: BaseHTTPRequestHandler, length: int, etag: str, headers: dict[str, str]) -> None:
    request.send_header("Content-Length", str(length))
    if etag:
        request.send_header("ETag", etag)
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()


def status(code: int, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        _headers(request, 0, "", headers)

    return answer


def drip(pause: float) -> Answer:
    """Return an answer that sends one byte after the other, without end."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Connection", "close")
        request.end_headers()
        for _ in range(10_000):
            request.wfile.write(b"x")
            request.wfile.flush()
            time.sleep(pause)

    return answer


def endless(request: BaseHTTPRequestHandler) -> None:
    """Send bytes as fast as possible, without end or length."""
    request.send_response(200)
    request.send_header("Connection", "close")
    request.end_headers()
    while True:
        request.wfile.write(b"x" * 65_536)


def raw(*pieces: bytes, pause: float = 0, times: int = 1) -> Answer:
    """Return an answer of exactly these pieces, each followed by a pause, the last one sent ``times`` times."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        for piece in (*pieces[:-1], *pieces[-1:] * times):
            request.wfile.write(piece)
            request.wfile.flush()
            time.sleep(pause)

    return answer
