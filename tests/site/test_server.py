"""``dta site`` serves the current release, only to this computer, and nothing else."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from reports.serve.server import listen, serve_site
from tests.site.serving import serving, small_release
from tests.workplace import Workplace
from transforms.errors import ConfigError, ReleaseError


@pytest.fixture(scope="module")
def client(published: Workplace) -> Iterator[httpx.Client]:
    with serving(published.out) as made:
        yield made


@pytest.fixture(scope="module")
def pinned(release: Path) -> str:
    """Return the address of the release's files."""
    return f"/release/{release.name}/"


def raw(client: httpx.Client, request: bytes) -> bytes:
    """Return the answer to bytes that no well-behaved client sends."""
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=10) as connection:
        connection.sendall(request)
        with suppress(OSError):  # the server may have closed it
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer


@pytest.mark.parametrize("path", ["/", "/reports", "/reports/", "/reports/index.html"])
def test_the_root_leads_to_the_home_page(client: httpx.Client, pinned: str, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (302, f"{pinned}reports/index.html")
    page = client.get(answer.headers["location"])
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Direct Technical Assistance" in page.text


def test_every_file_of_the_release_is_served_unchanged(client: httpx.Client, pinned: str, release: Path) -> None:
    for path in (
        "dta.duckdb",
        "eligibility.parquet",
        "manifest.json",
        "dictionary.csv",
        "quality/index.html",
        "reports/assets/site.css",
    ):
        found = client.get(f"/{path}", follow_redirects=True)
        assert found.url.path == pinned + path
        assert found.content == (release / path).read_bytes()


def test_the_server_listens_only_on_the_loopback() -> None:
    with listen() as made:
        assert made.getsockname()[0] == "127.0.0.1"


OUTSIDE = [
    "../../../etc/passwd",
    "..%2f..%2flatest.json",
    "%2e%2e/%2e%2e/status.json",
    "reports/lea/",
    "nothing.html",
    "/etc/passwd",
    "a%00b",
    "..%5c..%5cx",
    "x" * 5000,
]


@pytest.mark.parametrize("path", OUTSIDE)
@pytest.mark.parametrize("below", ["/", "pinned"])
def test_nothing_outside_the_release_is_served(client: httpx.Client, pinned: str, below: str, path: str) -> None:
    # Sends the path unchanged.
    connection = http.client.HTTPConnection(client.base_url.host, client.base_url.port, timeout=10)
    connection.request("GET", (pinned if below == "pinned" else below) + path)
    answer = connection.getresponse()
    assert answer.status == 404
    assert "There is no such page" in answer.read().decode()
    connection.close()


@pytest.mark.parametrize("release_id", ["..", ".", "%2e%2e", "x", "current", "9999-01-01-aaaaaaaa"])
def test_a_release_is_addressed_only_by_its_id(client: httpx.Client, release_id: str) -> None:
    assert client.get(f"/release/{release_id}/manifest.json").status_code in (302, 404)
    assert client.get(f"/release/{release_id}/nothing").status_code == 404


def test_a_link_out_of_the_release_is_not_followed(tmp_path: Path) -> None:
    folder = small_release(tmp_path, "1", {"reports/index.html": "1"})
    (tmp_path / "secret").write_text("secret")
    (folder / "reports/link.html").symlink_to(tmp_path / "secret")
    with serving(tmp_path) as client:
        assert client.get("/reports/link.html").status_code == 404
        assert client.get("/release/1/reports/link.html").status_code == 404


def test_another_host_name_is_refused(client: httpx.Client) -> None:
    port = client.base_url.port
    for host in (
        "example.org",
        f"example.org:{port}",
        "127.0.0.1",
        f"127.0.0.1:{port}.example.org",
        f"localhost:{(port or 0) + 1}",
        "",
    ):
        answer = client.get("/data", headers={"Host": host})
        assert answer.status_code == 403, host
        assert "only under its own address" in answer.text
    assert client.get("/data", headers={"Host": f"localhost:{port}"}).status_code == 200
    assert b"403" in raw(client, b"GET /data HTTP/1.0\r\n\r\n").split(b"\r\n")[0]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://example.org"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/data", "/sql.json?q=select+1", "/reports/index.html"])
def test_requests_of_other_sites_are_refused(client: httpx.Client, path: str, headers: dict[str, str]) -> None:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 403
    assert "from another site" in answer.text


def test_requests_of_its_own_pages_are_answered(client: httpx.Client) -> None:
    own = str(client.base_url).rstrip("/")
    for headers in ({"Origin": own, "Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
        assert client.get("/data", headers=headers).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO"])
def test_methods_that_write_are_refused(client: httpx.Client, method: str) -> None:
    for path in ("/data", "/sql", "/release/x/manifest.json", "/-/serve.css"):
        answer = client.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_every_response_has_security_headers(client: httpx.Client, pinned: str) -> None:
    for path in (
        "/data",
        "/sql",
        "/nothing",
        "/sql.csv?q=select+1",
        f"{pinned}reports/index.html",
        f"{pinned}dta.duckdb",
        "/-/serve.js",
        "/",
    ):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "server" not in headers
    for path in ("/data", "/sql", "/nothing"):
        assert (
            "default-src 'none'; style-src 'self'; script-src 'self'"
            in client.get(path).headers["content-security-policy"]
        )


BROKEN = {
    "no request": b"hello\r\n\r\n",
    "binary": bytes(range(256)) * 4,
    "long address": b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "long query": b"GET /sql?q=" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "long header": b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 20_000 + b"\r\n",
    "bad header": b"GET / HTTP/1.1\r\nHost: x\r\nX Y\r\n\r\n",
    "bad length": b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "spaces in the address": b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
    "bytes beyond ASCII": "GET /é HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
    "old version": b"GET / HTTP/0.9\r\n\r\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_malformed_and_overlong_requests_get_a_plain_answer(
    client: httpx.Client, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = raw(client, BROKEN[name])
    head, _, body = answer.partition(b"\r\n\r\n")
    assert re.match(rb"HTTP/1\.1 4\d\d ", head), head
    assert len(body.split()) > 5
    assert b"Traceback" not in answer
    assert b"Traceback" not in "".join(capfd.readouterr()).encode()
    assert client.get("/data.json").status_code == 200, "and it goes on"


def test_an_address_over_our_limit_is_refused_with_the_reason(client: httpx.Client) -> None:
    answer = client.get("/sql.json", params={"q": "select '" + "a" * 31_990 + "'"})
    assert answer.status_code in (400, 414)
    assert "longer than 32,000 bytes" in answer.text


def test_a_request_with_a_body_is_refused(client: httpx.Client) -> None:
    answer = client.request("GET", "/sql.json", params={"q": "select 1"}, content=b"x" * 1_000_000)
    assert answer.status_code == 413
    assert "must not have a body" in answer.text


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-99", 0, 99), ("bytes=100-", 100, None), ("bytes=-10", -10, None), ("bytes=5-999999999", 5, None)],
)
def test_parts_of_a_file_can_be_read(
    client: httpx.Client, pinned: str, release: Path, asked: str, first: int, last: int | None
) -> None:
    whole = (release / "dta.duckdb").read_bytes()
    answer = client.get(f"{pinned}dta.duckdb", headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.content == whole[first : last + 1 if last else None]
    assert answer.headers["content-range"].endswith(f"/{len(whole)}")


def test_a_part_beyond_the_end_is_refused(client: httpx.Client, pinned: str, release: Path) -> None:
    size = (release / "dta.duckdb").stat().st_size
    answer = client.get(f"{pinned}dta.duckdb", headers={"Range": f"bytes={size}-"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{size}")


def test_a_head_request_gives_the_size_without_a_body(client: httpx.Client, pinned: str, release: Path) -> None:
    answer = client.head(f"{pinned}dta.duckdb")
    assert (answer.status_code, answer.content, answer.headers["accept-ranges"]) == (200, b"", "bytes")
    assert int(answer.headers["content-length"]) == (release / "dta.duckdb").stat().st_size
    assert (client.head("/data").status_code, client.head("/data").content) == (200, b"")


PAGE = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}
SCRIPT = {"Sec-Fetch-Dest": "script", "Sec-Fetch-Site": "same-origin"}


def test_a_page_and_what_it_loads_are_of_one_release(tmp_path: Path) -> None:
    """A new release is served without a restart. An open page keeps using the files of its own release."""
    small_release(
        tmp_path, "1", {"reports/index.html": "page 1", "reports/rows.js": "rows 1", "reports/gone.html": "gone"}
    )
    with serving(tmp_path) as client:
        opened = client.get("/reports/index.html", headers=PAGE, follow_redirects=True)
        assert (opened.text, opened.url.path) == ("page 1", "/release/1/reports/index.html")
        small_release(tmp_path, "2", {"reports/index.html": "page 2", "reports/rows.js": "rows 2"})
        assert client.get("/release/1/reports/rows.js", headers=SCRIPT).text == "rows 1"
        again = client.get("/release/1/reports/index.html", headers=PAGE, follow_redirects=True)
        assert (again.text, again.url.path) == ("page 2", "/release/2/reports/index.html")
        assert client.get("/reports/rows.js", follow_redirects=True).text == "rows 2"
        assert client.get("/release/1/reports/gone.html", headers=PAGE, follow_redirects=True).status_code == 404


def test_a_page_of_a_release_that_was_removed_leads_to_the_current_one(tmp_path: Path) -> None:
    small_release(tmp_path, "2", {"reports/index.html": "page 2", "reports/rows.js": "rows 2"})
    with serving(tmp_path) as client:
        assert client.get("/release/1/reports/index.html", headers=PAGE, follow_redirects=True).text == "page 2"
        assert client.get("/release/1/reports/rows.js", headers=SCRIPT, follow_redirects=True).text == "rows 2"


def test_the_query_is_kept_in_the_link_to_the_current_release(tmp_path: Path) -> None:
    small_release(tmp_path, "2", {"reports/districts.html": "districts"})
    with serving(tmp_path) as client:
        for path in ("/reports/districts.html", "/release/1/reports/districts.html"):
            answer = client.get(path, params={"q": "Compton & Óscar"}, headers=PAGE)
            assert answer.headers["location"] == "/release/2/reports/districts.html?q=Compton+%26+%C3%93scar"


def test_files_have_correct_content_types(tmp_path: Path) -> None:
    types = {
        "a.html": "text/html; charset=utf-8",
        "a.js": "text/javascript; charset=utf-8",
        "a.csv": "text/csv; charset=utf-8",
        "a.parquet": "application/vnd.apache.parquet",
        "a.x": "application/octet-stream",
    }
    small_release(tmp_path, "1", dict.fromkeys(types, "x"))
    with serving(tmp_path) as client:
        assert {name: client.get(f"/release/1/{name}").headers["content-type"] for name in types} == types


def test_the_server_without_a_release_gives_advice(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="dta run"):
        serve_site(tmp_path, Console(quiet=True), open_browser=False)
    with serving(tmp_path) as client:
        for path in ("/", "/data", "/sql", "/data/eligibility.csv", "/release/1/manifest.json"):
            answer = client.get(path)
            assert (answer.status_code, "dta run" in answer.text) == (503, True)


def test_a_damaged_release_is_reported_and_still_served(tmp_path: Path) -> None:
    small_release(tmp_path, "1", {"reports/index.html": "page 1", "dta.duckdb": "no database"})
    with serving(tmp_path) as client:
        assert client.get("/", follow_redirects=True).text == "page 1"
        for path in ("/data", "/data.json", "/sql", "/data/eligibility"):
            answer = client.get(path)
            assert answer.status_code == 503
            assert "cannot be read" in answer.text


def test_a_port_in_use_is_reported(published: Workplace) -> None:
    with listen() as made, pytest.raises(ConfigError, match=str(made.getsockname()[1])):
        serve_site(published.out, Console(quiet=True), open_browser=False, port=made.getsockname()[1])


def test_the_command_serves_until_it_is_interrupted(published: Workplace) -> None:
    command = [str(Path(sys.executable).parent / "dta"), "site", "--no-open", "--out", str(published.out)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as running:
        assert running.stdout
        said = [running.stdout.readline() for _ in range(3)]
        (address,) = re.findall(r"http://127\.0\.0\.1:\d+", said[0])
        assert f"{address}/data" in said[1]
        assert "Only this computer" in said[2]
        assert httpx.get(f"{address}/sql.json?q=select+41%2B1+as+n", timeout=30).json()["rows"] == [{"n": 42}]
        running.send_signal(signal.SIGINT)
        rest, faults = running.communicate(timeout=30)
    assert running.returncode == 0
    assert rest == "Stopped.\n"
    assert faults == ""
