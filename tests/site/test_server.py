"""``dta site`` serves the current release, to this computer only, and nothing else."""

import http.client
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from flows.site_cli import SiteServer, serve_site
from tests.workplace import Workplace
from transforms.errors import ConfigError, ReleaseError


@pytest.fixture(scope="module")
def server(published: Workplace) -> Iterator[SiteServer]:
    with SiteServer(published.out) as made:
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield made
        made.shutdown()


def get(server: SiteServer, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    found = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    connection.close()
    return found


def test_the_first_page_is_found_from_the_root(server: SiteServer) -> None:
    status, headers, _ = get(server, "/")
    assert (status, headers["location"]) == (302, "/reports/index.html")
    status, headers, body = get(server, "/reports/index.html")
    assert status == 200
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert b"Direct Technical Assistance" in body


def test_it_listens_on_the_loopback_only(server: SiteServer) -> None:
    assert server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize(
    "path", ["/../../../etc/passwd", "/..%2f..%2flatest.json", "/reports/../../../status.json", "/reports/lea/", "/nothing.html", "//etc/passwd"]
)
def test_nothing_outside_the_release_is_served(server: SiteServer, path: str) -> None:
    assert get(server, path)[0] == 404


def test_a_link_out_of_the_release_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "releases/1/reports").mkdir(parents=True)
    (tmp_path / "releases/1/manifest.json").write_text("{}")
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "releases/1/reports/link.html").symlink_to(tmp_path / "secret")
    (tmp_path / "current").symlink_to("releases/1")
    with SiteServer(tmp_path) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        assert get(made, "/reports/link.html")[0] == 404
        made.shutdown()


def test_another_name_for_this_computer_is_refused(server: SiteServer) -> None:
    assert get(server, "/reports/index.html", Host="example.org")[0] == 403
    assert get(server, "/reports/index.html", Host=f"localhost:{server.server_port}")[0] == 200


@pytest.mark.parametrize(
    ("asked", "first", "last"), [("bytes=0-99", 0, 99), ("bytes=100-", 100, None), ("bytes=-10", -10, None), ("bytes=5-999999999", 5, None)]
)
def test_parts_of_a_file_can_be_read(server: SiteServer, release: Path, asked: str, first: int, last: int | None) -> None:
    whole = (release / "dta.duckdb").read_bytes()
    status, headers, body = get(server, "/dta.duckdb", Range=asked)
    assert status == 206
    assert body == whole[first : last + 1 if last else None]
    assert headers["content-range"].endswith(f"/{len(whole)}")


def test_a_part_beyond_the_end_is_refused(server: SiteServer, release: Path) -> None:
    size = (release / "dta.duckdb").stat().st_size
    status, headers, _ = get(server, "/dta.duckdb", Range=f"bytes={size}-")
    assert (status, headers["content-range"]) == (416, f"bytes */{size}")


def test_a_head_request_tells_the_size_and_sends_nothing(server: SiteServer, release: Path) -> None:
    status, headers, body = get(server, "/dta.duckdb", "HEAD")
    assert (status, body, headers["accept-ranges"]) == (200, b"", "bytes")
    assert int(headers["content-length"]) == (release / "dta.duckdb").stat().st_size


def test_a_new_release_is_served_without_a_restart(tmp_path: Path) -> None:
    for name in ("1", "2"):
        (tmp_path / f"releases/{name}/reports").mkdir(parents=True)
        (tmp_path / f"releases/{name}/manifest.json").write_text("{}")
        (tmp_path / f"releases/{name}/reports/index.html").write_text(name)
    (tmp_path / "current").symlink_to("releases/1")
    with SiteServer(tmp_path) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        before = get(made, "/reports/index.html")[2]
        (tmp_path / "next").symlink_to("releases/2")
        (tmp_path / "next").replace(tmp_path / "current")
        assert (before, get(made, "/reports/index.html")[2]) == (b"1", b"2")
        made.shutdown()


@pytest.mark.parametrize(
    ("name", "kind"), [("a.wasm", "application/wasm"), ("a.js", "text/javascript"), ("a.mjs", "text/javascript"), ("a.csv", "text/csv; charset=utf-8")]
)
def test_files_have_the_types_that_browsers_need(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / "releases/1").mkdir(parents=True)
    (tmp_path / "releases/1/manifest.json").write_text("{}")
    (tmp_path / "releases/1" / name).write_text("x")
    (tmp_path / "current").symlink_to("releases/1")
    with SiteServer(tmp_path) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        assert get(made, f"/{name}")[1]["content-type"] == kind
        made.shutdown()


def test_without_a_release_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="dta run"):
        serve_site(tmp_path, Console(quiet=True), open_browser=False)


def test_a_taken_port_is_named(published: Workplace, server: SiteServer) -> None:
    with pytest.raises(ConfigError, match=str(server.server_port)):
        serve_site(published.out, Console(quiet=True), open_browser=False, port=server.server_port)


def test_the_command_serves_until_it_is_interrupted(published: Workplace) -> None:
    command = [str(Path(sys.executable).parent / "dta"), "site", "--no-open", "--out", str(published.out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}) as running:
        assert running.stdout
        first = running.stdout.readline()
        assert "http://127.0.0.1:" in first
        running.stdout.readline()
        running.send_signal(signal.SIGINT)
        rest, _ = running.communicate(timeout=30)
    assert running.returncode == 0
    assert "Stopped." in rest
