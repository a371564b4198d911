"""``dta site``: the pages of the current release in a browser, on this computer only."""

import os
import re
import sys
import webbrowser
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

from rich.console import Console

from transforms.control_characters import shown
from transforms.current import current_release, required_release
from transforms.errors import ConfigError, DtaError, ReleaseError

HOST = "127.0.0.1"
START = "/reports/index.html"


class SiteServer(ThreadingHTTPServer):
    """Serves whatever release is current when a request comes in."""

    daemon_threads = True

    def __init__(self, out: Path, port: int = 0) -> None:
        """Listen on the loopback address; port 0 is any free one."""
        self.out = out
        super().__init__((HOST, port), SiteHandler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up is no fault; anything else is one line, and the server goes on."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError | TimeoutError):
            sys.stderr.write(f"A request could not be answered: {shown(str(error) or type(error).__name__)[:500]}\n")

    @property
    def url(self) -> str:
        """Address of the first page."""
        return f"http://{HOST}:{self.server_port}{START}"


class SiteHandler(SimpleHTTPRequestHandler):
    """Files of one release, whole or a range of bytes (the editor on the page Data reads the database in parts)."""

    server: SiteServer
    protocol_version = "HTTP/1.1"
    timeout = 60  # seconds without a byte of a request
    extensions_map = {  # noqa: RUF012 - the base class has it so
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".csv": "text/csv; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".duckdb": "application/octet-stream",
        ".parquet": "application/vnd.apache.parquet",
    }
    rest: int | None = None  # bytes still to be sent of a range

    def send_head(self) -> BinaryIO | None:
        """Resolve the release once per request; refuse other hosts, links out of the release, and listings of folders."""
        if self.headers.get("Host") not in (f"{HOST}:{self.server.server_port}", f"localhost:{self.server.server_port}"):
            self.send_error(HTTPStatus.FORBIDDEN)  # a page elsewhere that had its name point here
            return None
        if self.path in ("/", "/reports", "/reports/"):
            self._redirect(START)
            return None
        try:
            if path := self._file():
                return self._open(path)
        except ConnectionError:
            raise
        except (OSError, ValueError, DtaError):  # a name that is too long, holds a NUL byte or is not text; a file that is gone
            pass
        self.send_error(HTTPStatus.NOT_FOUND)
        return None

    def _file(self) -> Path | None:
        """The file that is asked for, in the release of this moment."""
        release = current_release(self.server.out)
        if release is None:
            return None
        self.directory = str(release)
        path = Path(self.translate_path(self.path)).resolve()
        return path if path.is_file() and path.is_relative_to(release) else None

    def _open(self, path: Path) -> BinaryIO | None:
        """Begin the answer with the file, at the place that was asked for."""
        stream = path.open("rb")
        size = os.fstat(stream.fileno()).st_size
        asked = re.fullmatch(r"bytes=([0-9]{0,18})-([0-9]{0,18})", self.headers.get("Range", ""))
        first, last = _span(asked.groups(), size) if asked else (0, size - 1)
        if asked and (first >= size or last < first):
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            stream.close()
            return None
        self.rest = last - first + 1
        self.send_response(HTTPStatus.PARTIAL_CONTENT if asked else HTTPStatus.OK)
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(self.rest))
        self.send_header("Accept-Ranges", "bytes")
        self.end_headers()
        stream.seek(first)
        return stream

    def copyfile(self, source: BinaryIO, outputfile: BinaryIO) -> None:  # type: ignore[override]
        """Send as many bytes as were announced."""
        rest = self.rest or 0
        while rest and (part := source.read(min(rest, 1 << 18))):
            outputfile.write(part)
            rest -= len(part)

    def end_headers(self) -> None:
        """A release may be replaced while a page is open: nothing is kept by the browser."""
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not told."""

    def _redirect(self, target: str) -> None:
        self.send_response(HTTPStatus.FOUND)
        self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()


def _span(asked: tuple[str, ...], size: int) -> tuple[int, int]:
    """First and last byte of a range; ``-500`` is the last 500."""
    first, last = asked
    if not first:
        return max(size - int(last or 0), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def serve_site(out: Path, console: Console, open_browser: bool, port: int = 0) -> None:
    """Serve until Ctrl-C. Raises ReleaseError where there is no release, or one without pages."""
    release = required_release(out)
    if not (release / START.lstrip("/")).is_file():
        raise ReleaseError(f"Release {release.name} in {out} has no pages. Run: dta run")
    try:
        server = SiteServer(out, port)
    except OSError as error:
        raise ConfigError(f"Port {port} cannot be used ({error.strerror}). Leave --port out: a free one is then chosen.") from error
    try:
        with server:
            console.print(f"Pages of release {release.name}: {server.url}", highlight=False, markup=False, soft_wrap=True)
            console.print("Only this computer can open them. Stop with Ctrl-C.")
            if open_browser and not webbrowser.open(server.url):
                console.print("No browser could be opened: go to the address above.")
            server.serve_forever()
    except KeyboardInterrupt:
        console.print("Stopped.")
