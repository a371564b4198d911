"""Requests that no browser sends: an answer or a closed connection, never a traceback, and the next page is served."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.site_cli import SiteServer
from tests.site.test_server import get


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SiteServer]:
    release = tmp_path / "releases" / "1"
    (release / "reports").mkdir(parents=True)
    (release / "manifest.json").write_text("{}")
    (release / "reports" / "index.html").write_text("fine")
    (release / "large.parquet").write_bytes(bytes(20_000_000))
    (tmp_path / "current").symlink_to("releases/1")
    with SiteServer(tmp_path) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


def raw(server: SiteServer, request: bytes) -> bytes:
    """What is answered to these very bytes."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while part := connection.recv(65_536):
                answer += part
        except ConnectionResetError:
            pass
    return answer


def asked(path: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([b"GET " + path + b" HTTP/1.1", b"Host: localhost:%PORT%", b"Connection: close", *headers, b"", b""])


# what is sent -> first line of the answer; nothing where the connection is only closed
REQUESTS: dict[str, tuple[bytes, bytes]] = {
    "very_long_path": (asked(b"/" + b"a" * 60_000), b"404"),
    "very_long_folders": (asked(b"/a" * 30_000), b"404"),
    "path_beyond_the_limit": (asked(b"/" + b"a" * 100_000), b"414"),
    "nul_byte": (asked(b"/reports/%00index.html"), b"404"),
    "surrogate": (asked(b"/reports/%ed%b0%80.html"), b"404"),
    "no_utf_8": (asked(b"/reports/%ff%fe.html"), b"404"),
    "escape": (asked(b"/%1b[31m"), b"404"),
    "only_percent": (asked(b"/%%%"), b"404"),
    "query": (asked(b"/reports/index.html?" + b"q=1&" * 1000), b"200"),
    "very_long_header": (asked(b"/reports/index.html", b"X: " + b"x" * 100_000), b"431"),
    "many_headers": (asked(b"/reports/index.html", *[b"X-%d: x" % n for n in range(200)]), b"431"),
    "range_of_many_digits": (asked(b"/reports/index.html", b"Range: bytes=" + b"9" * 5000 + b"-"), b"200"),
    "range_of_nothing": (asked(b"/reports/index.html", b"Range: bytes=-"), b"416"),
    "range_backwards": (asked(b"/reports/index.html", b"Range: bytes=3-1"), b"416"),
    "range_of_letters": (asked(b"/reports/index.html", b"Range: bytes=a-b"), b"200"),
    "no_host": (b"GET /reports/index.html HTTP/1.1\r\n\r\n", b"403"),
    "unknown_method": (b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", b"501"),
    "post": (b"POST /reports/index.html HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", b"501"),
    "version_9": (b"GET / HTTP/9.9\r\n\r\n", b"505"),
    "no_http": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", b"400"),
    "empty": (b"", b""),
    "cut": (b"GET /reports/ind", b""),
}


@pytest.mark.parametrize("case", REQUESTS)
def test_a_broken_request(server: SiteServer, case: str, capfd: pytest.CaptureFixture[str]) -> None:
    request, status = REQUESTS[case]
    answer = raw(server, request.replace(b"%PORT%", b"%d" % server.server_port))
    assert status in answer.split(b"\r\n", 1)[0] or not status
    if status == b"400":
        assert b"400" in answer
    assert get(server, "/reports/index.html")[2] == b"fine"
    written = capfd.readouterr()
    assert (written.out, written.err) == ("", "")


def test_a_browser_that_hangs_up(server: SiteServer, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_connection(("127.0.0.1", server.server_port)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # a reset, not a goodbye
        connection.sendall(asked(b"/large.parquet").replace(b"%PORT%", b"%d" % server.server_port))
        connection.recv(1000)
    time.sleep(0.3)
    assert get(server, "/reports/index.html")[2] == b"fine"
    assert capfd.readouterr().err == ""


def test_a_release_that_is_removed(server: SiteServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import shutil

    shutil.rmtree(tmp_path / "releases")
    assert get(server, "/reports/index.html")[0] == 404
    assert capfd.readouterr().err == ""
