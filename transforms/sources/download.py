"""Download one file politely: only if it changed, whole or not at all, from its own publisher, within limits of size
and time.

Certificates are always checked. A cut download is resumed if the server allows it, or else begins again.
"""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential,
)

from transforms import clock
from transforms.settings import Settings


class Deadline:
    """Closes the connections of one download when its time is over.

    A timeout counts from byte to byte, so a server that sends its headers slowly never exceeds it.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds, self.over = seconds, threading.Event()
        self._sockets: list[socket.socket] = []

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Store each new connection; httpx calls this."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._sockets.append(info["return_value"].get_extra_info("socket"))
            if self.over.is_set():
                self.cut()

    def cut(self) -> None:
        """End every connection, so that any wait for bytes ends."""
        self.over.set()
        for one in tuple(self._sockets):
            with suppress(OSError):  # closed already, or handed on to TLS
                # Not SSLSocket's own method, which would remove the TLS object while the reader uses it.
                socket.socket.shutdown(one, socket.SHUT_RDWR)


@contextmanager
def ending_after(seconds: float) -> Iterator[Deadline]:
    """Yield a deadline that applies as long as the block runs."""
    deadline = Deadline(seconds)
    timer = threading.Timer(seconds, deadline.cut)
    timer.daemon = True
    timer.start()
    try:
        yield deadline
    finally:
        timer.cancel()


REDIRECTS = 5
LONGEST_WAIT = 120.0  # seconds that a server may ask for before we give up for this night
YEAR = 31_536_000  # seconds
AGENT = f"dta-eligibility/{version('dta-eligibility')} (nightly reader of published Dashboard files)"

Progress = Callable[[int, int | None], None]


class GiveUpError(Exception):
    """Another request would not help; the text says why."""


class TryAgainError(Exception):
    """Another request may help; ``wait`` is the time that the server asked for, in seconds."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


@dataclass(frozen=True)
class Answer:
    """A server's answer: nothing new, or a whole file at ``into``."""

    changed: bool
    status: int
    url: str
    etag: str = ""
    last_modified: str = ""


class Downloader:
    """One client for a night. Requests run one after the other, with a pause between two to the same host."""

    def __init__(self, settings: Settings, sleep: Callable[[float], None] = time.sleep) -> None:
        """Tests replace ``sleep``."""
        self.settings, self.sleep = settings, sleep
        timeout = httpx.Timeout(settings.fetch_timeout)
        # Compressed bodies are not requested, so that length and resumption count the bytes of the file.
        headers = {"User-Agent": AGENT, "Accept-Encoding": "identity", "Connection": "close"}
        # One connection per request: bytes beyond a wrong Content-Length must not become the answer for the next file.
        self.client = httpx.Client(
            timeout=timeout, headers=headers, follow_redirects=False, limits=httpx.Limits(max_keepalive_connections=0)
        )
        self._last_asked: dict[str, float] = {}

    def close(self) -> None:
        """Close all connections."""
        self.client.close()

    def fetch(
        self, url: str, hosts: tuple[str, ...], into: Path, etag: str, last_modified: str, progress: Progress
    ) -> Answer:
        """Download ``url`` to ``into``, unless ``etag`` or ``last_modified`` shows that it has not changed.

        Raises GiveUpError with the reason if the file cannot be downloaded.
        """
        conditions = {
            k: v for k, v in (("If-None-Match", _plain(etag)), ("If-Modified-Since", _plain(last_modified))) if v
        }
        seconds = self.settings.fetch_deadline
        retrying = Retrying(
            stop=stop_after_attempt(self.settings.fetch_attempts) | stop_before_delay(seconds),
            wait=_wait,
            retry=retry_if_exception_type(TryAgainError),
            sleep=self.sleep,
            reraise=True,
        )
        with ending_after(seconds) as deadline:
            attempt = _Attempt(self, url, hosts, into, conditions, deadline, progress)
            try:
                return retrying(attempt.run)
            except TryAgainError as error:
                times = int(retrying.statistics["attempt_number"])
                early = "; no time is left to try again" if times < self.settings.fetch_attempts else ""
                raise GiveUpError(str(error) + (f", {times} times" if times > 1 else "") + early) from error

    def pause_for(self, host: str) -> None:
        """Wait until the pause after the last request to ``host`` is over."""
        waited = time.monotonic() - self._last_asked.get(host, -1e9)
        if waited < self.settings.fetch_pause:
            self.sleep(self.settings.fetch_pause - waited)
        self._last_asked[host] = time.monotonic()


def _plain(validator: str) -> str:
    """Return a validator that can be sent back unchanged; empty if the server used anything but printable ASCII."""
    return validator if validator.isascii() and validator.isprintable() else ""


def _wait(state: RetryCallState) -> float:
    """Return the wait that the server asked for, else twice as long each time."""
    error = state.outcome.exception() if state.outcome else None
    requested = error.wait if isinstance(error, TryAgainError) else None
    return requested if requested is not None else wait_exponential(multiplier=1, max=60)(state)


@dataclass
class _Attempt:
    """Successive tries for one file. The bytes so far are kept between tries if the download can continue."""

    downloader: Downloader
    url: str
    hosts: tuple[str, ...]
    into: Path
    conditions: dict[str, str]
    deadline: Deadline
    progress: Progress
    validator: str = ""
    requested_from: int = 0  # first byte that the current request asked for

    def run(self) -> Answer:
        """Try once. Raises TryAgainError or GiveUpError with the reason."""
        try:
            return self._fetch_or_explain()
        except TryAgainError as error:
            if self.deadline.over.is_set():
                raise self._too_late() from error
            raise

    def _too_late(self) -> GiveUpError:
        return GiveUpError(f"not complete after {self.deadline.seconds:g} seconds")

    def _fetch_or_explain(self) -> Answer:
        try:
            return self._follow(self.url)
        except httpx.TimeoutException as error:
            raise TryAgainError("the server did not answer in time") from error
        except httpx.ConnectError as error:
            if "CERTIFICATE" in str(error).upper():
                raise GiveUpError(f"the certificate of {urlsplit(self.url).hostname} is not valid ({error})") from error
            raise TryAgainError(f"no connection ({error})") from error
        except httpx.TransportError as error:
            raise TryAgainError(f"the connection broke ({error})") from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise GiveUpError(f"the server redirected to an invalid address ({error})") from error

    def _follow(self, url: str) -> Answer:
        for _ in range(REDIRECTS):
            host = urlsplit(url).hostname or ""
            self.downloader.pause_for(host)
            with self.downloader.client.stream(
                "GET", url, headers=self._headers(), extensions={"trace": self.deadline.trace}
            ) as response:
                if not response.has_redirect_location:
                    return self._take(response, url)
                url = str(response.url.join(response.headers["location"]))
            self._same_publisher(url)
        raise GiveUpError(f"more than {REDIRECTS} redirects")

    def _headers(self) -> dict[str, str]:
        self.requested_from = self.into.stat().st_size if self.validator and self.into.exists() else 0
        return (
            {"Range": f"bytes={self.requested_from}-", "If-Range": self.validator}
            if self.requested_from
            else dict(self.conditions)
        )

    def _same_publisher(self, url: str) -> None:
        target = urlsplit(url)
        host = (target.hostname or "").lower()
        if target.scheme != "https" or not any(host == h or host.endswith(f".{h}") for h in self.hosts):
            raise GiveUpError(f"the server redirected to {target.scheme}://{host}, which is not the publisher's")

    def _take(self, response: httpx.Response, url: str) -> Answer:
        status = response.status_code
        if status == httpx.codes.NOT_MODIFIED:
            return Answer(False, status, url)
        if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            self.validator = ""
            raise TryAgainError("the rest of the file could not be downloaded")
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise TryAgainError(f"the server answered {status}", _retry_after(response))
        if status not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
            raise GiveUpError(f"the server answered {status}")
        if response.headers.get("content-encoding", "identity") != "identity":
            raise GiveUpError("the server sent a compressed body that was not requested")
        whole = self._total_size(response) if status == httpx.codes.PARTIAL_CONTENT else None
        self._save(response, append=whole is not None)
        have = self.into.stat().st_size
        if whole is not None and have != whole:
            raise TryAgainError(f"the server sent {have:,} of {whole:,} bytes")
        headers = response.headers
        return Answer(
            True, int(httpx.codes.OK), url, _plain(headers.get("etag", "")), _plain(headers.get("last-modified", ""))
        )

    def _total_size(self, response: httpx.Response) -> int:
        """Return the size of the file that the answer is a part of.

        Raises TryAgainError if the server sent another part than requested.
        """
        validator, self.validator = self.validator, ""  # if this is not the rest, begin again
        if not self.requested_from:
            raise TryAgainError("the server answered 206, a part of the file, to a request for all of it")
        part = re.fullmatch(
            r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})", response.headers.get("content-range", "").strip()
        )
        if part is None or int(part[1]) != self.requested_from or response.headers.get("etag", validator) != validator:
            raise TryAgainError("the server sent a different part from the one requested")
        return int(part[3])

    def _save(self, response: httpx.Response, append: bool) -> None:
        """Write the body as it comes; stop at the size limit and at the deadline."""
        largest = self.downloader.settings.largest_file
        length = response.headers.get("content-length", "")
        have = self.requested_from if append else 0
        total = have + int(length) if re.fullmatch("[0-9]{1,18}", length) else None
        if total is not None and total > largest:
            raise GiveUpError(f"the file has {total:,} bytes; more than {largest:,} is refused")
        etag = _plain(response.headers.get("etag", ""))
        self.validator = (
            etag if etag and not etag.startswith("W/") and response.headers.get("accept-ranges") == "bytes" else ""
        )
        with self.into.open("ab" if append else "wb") as target:
            # As it arrives: with a chunk size, the client would wait for slow bytes and lose the last ones of a cut
            # body.
            for chunk in response.iter_raw():
                have += len(chunk)
                if have > largest:
                    raise GiveUpError(f"the file is larger than {largest:,} bytes, which is refused")
                target.write(chunk)
                self.progress(have, total)
                if self.deadline.over.is_set():
                    break
        if self.deadline.over.is_set():  # a body without a length ends where we cut it, and looks whole
            raise self._too_late()


def _retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that the server requests us to wait; None if the value is neither seconds nor a date.

    Raises GiveUpError if the wait is too long for a night.
    """
    value = response.headers.get("retry-after", "").strip()
    if re.fullmatch("[0-9]+", value):
        seconds = float(value)
    else:
        try:
            seconds = (parsedate_to_datetime(value) - clock.now()).total_seconds()
        except (TypeError, ValueError, OverflowError, IndexError):
            return None
    if seconds > LONGEST_WAIT:
        duration = f"{seconds:.0f} seconds" if seconds < YEAR else "more than a year"
        raise GiveUpError(f"the server answered {response.status_code} and asks to wait {duration}")
    return max(0.0, seconds)
