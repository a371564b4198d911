"""Requests that no browser sends get an answer or a closed connection, no traceback, and the next page is served."""

import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.site.serving import serving, small_release

PAGE = "/reports/index.html"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    out = tmp_path_factory.mktemp("out")
    release = small_release(out, "1", {"reports/index.html": "fine"})
    (release / "large.parquet").write_bytes(bytes(20_000_000))
    with serving(out) as made:
        yield made


def raw(client: httpx.Client, request: bytes) -> bytes:
    """Return the answer to exactly these bytes."""
    with socket.create_connection(("127.0.0.1", client.base_url.port), timeout=10) as connection:
        connection.sendall(request)
        if not request.endswith(b"\r\n\r\n"):  # the request is incomplete, and nothing more follows
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while part := connection.recv(65_536):
                answer += part
        except ConnectionResetError:
            pass
    return answer


def is_served(client: httpx.Client) -> bool:
    return client.get(PAGE, follow_redirects=True).text == "fine"


def request_for(path: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join(
        [b"GET " + path + b" HTTP/1.1", b"Host: localhost:%PORT%", b"Connection: close", *headers, b"", b""]
    )


# request -> first line of the answer; empty if the connection is only closed
REQUESTS: dict[str, tuple[bytes, bytes]] = {
    "very_long_path": (request_for(b"/" + b"a" * 60_000), b"414"),
    "very_long_folders": (request_for(b"/a" * 30_000), b"414"),
    "path_beyond_the_limit": (request_for(b"/" + b"a" * 100_000), b"414"),
    "nul_byte": (request_for(b"/release/1/reports/%00index.html"), b"404"),
    "surrogate": (request_for(b"/release/1/reports/%ed%b0%80.html"), b"404"),
    "no_utf_8": (request_for(b"/release/1/reports/%ff%fe.html"), b"404"),
    "escape": (request_for(b"/%1b[31m"), b"404"),
    "only_percent": (request_for(b"/%%%"), b"404"),
    "query": (request_for(b"/release/1/reports/index.html?" + b"q=1&" * 1000), b"200"),
    "very_long_header": (request_for(b"/release/1/reports/index.html", b"X: " + b"x" * 100_000), b"200"),
    "endless_header": (request_for(b"/release/1/reports/index.html", b"X: " + b"x" * 1_000_000), b"400"),
    "many_headers": (request_for(b"/release/1/reports/index.html", *[b"X-%d: x" % n for n in range(200)]), b"200"),
    "range_of_many_digits": (
        request_for(b"/release/1/reports/index.html", b"Range: bytes=" + b"9" * 5000 + b"-"),
        b"400",
    ),
    "empty_range": (request_for(b"/release/1/reports/index.html", b"Range: bytes=-"), b"400"),
    "range_backwards": (request_for(b"/release/1/reports/index.html", b"Range: bytes=3-1"), b"400"),
    "range_of_letters": (request_for(b"/release/1/reports/index.html", b"Range: bytes=a-b"), b"400"),
    "no_host": (b"GET /release/1/reports/index.html HTTP/1.1\r\n\r\n", b"400"),
    "unknown_method": (request_for(b"/release/1/reports/index.html").replace(b"GET", b"BREW"), b"405"),
    "post": (request_for(b"/release/1/reports/index.html").replace(b"GET", b"POST"), b"405"),
    "version_9": (request_for(b"/release/1/reports/index.html").replace(b"1.1", b"9.9"), b"200"),
    "no_http": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", b"400"),
    "empty": (b"", b""),
    "cut": (b"GET /reports/ind", b""),
}


@pytest.mark.parametrize("case", REQUESTS)
def test_a_malformed_request_is_answered_or_closed(
    client: httpx.Client, case: str, capfd: pytest.CaptureFixture[str]
) -> None:
    request, status = REQUESTS[case]
    answer = raw(client, request.replace(b"%PORT%", b"%d" % client.base_url.port))
    assert status in answer.split(b"\r\n", 1)[0]
    assert bool(answer) == bool(status)
    assert is_served(client)
    written = capfd.readouterr()
    assert (written.out, written.err) == ("", "")


def test_a_browser_that_disconnects_does_no_harm(client: httpx.Client, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_connection(("127.0.0.1", client.base_url.port)) as connection:
        # Close with a reset.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        connection.sendall(request_for(b"/release/1/large.parquet").replace(b"%PORT%", b"%d" % client.base_url.port))
        assert b"200" in connection.recv(1000)
    time.sleep(0.3)
    assert is_served(client)
    assert capfd.readouterr().err == ""


def test_a_removed_release_is_handled(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    small_release(tmp_path, "1", {"reports/index.html": "fine"})
    with serving(tmp_path) as client:
        assert is_served(client)
        shutil.rmtree(tmp_path / "releases")
        assert client.get(PAGE).status_code in (404, 503)
    assert capfd.readouterr().err == ""
