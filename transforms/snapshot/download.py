"""Download one file politely: only if it changed, whole or not at all, from its own publisher, within size and time.

Certificates are always checked. A cut download is resumed where the server allows it, else begun again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from transforms import clock
from transforms.settings import Settings

REDIRECTS = 5
LONGEST_WAIT = 120.0  # seconds that a server may ask for before we give up for this night
AGENT = f"dta-eligibility/{version('dta-eligibility')} (nightly reader of published Dashboard files)"

Progress = Callable[[int, int | None], None]


class GiveUpError(Exception):
    """Asking again would not help; the text says why."""


class TryAgainError(Exception):
    """Asking again may help; ``wait`` is what the server asked for, in seconds."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


@dataclass(frozen=True)
class Answer:
    """What a server gave: nothing new, or a whole file in ``path``."""

    changed: bool
    status: int
    url: str
    etag: str = ""
    last_modified: str = ""


class Downloader:
    """One client for a night; requests run one after the other, with a pause between two to the same host."""

    def __init__(self, settings: Settings, sleep: Callable[[float], None] = time.sleep) -> None:
        """``sleep`` is replaced in tests."""
        self.settings, self.sleep = settings, sleep
        timeout = httpx.Timeout(settings.fetch_timeout)
        # Compressed bodies are not asked for: length and resumption then mean the bytes of the file.
        self.client = httpx.Client(timeout=timeout, headers={"User-Agent": AGENT, "Accept-Encoding": "identity"}, follow_redirects=False)
        self._last_asked: dict[str, float] = {}

    def close(self) -> None:
        """Close all connections."""
        self.client.close()

    def fetch(self, url: str, hosts: tuple[str, ...], into: Path, etag: str, last_modified: str, progress: Progress) -> Answer:
        """Fill ``into`` with the file at ``url`` unless it is what ``etag`` or ``last_modified`` stands for.

        Raises GiveUpError in words when the file cannot be had.
        """
        conditions = {k: v for k, v in (("If-None-Match", etag), ("If-Modified-Since", last_modified)) if v}
        deadline = time.monotonic() + self.settings.fetch_deadline
        attempt = _Attempt(self, url, hosts, into, conditions, deadline, progress)
        retrying = Retrying(
            stop=stop_after_attempt(self.settings.fetch_attempts),
            wait=_wait,
            retry=retry_if_exception_type(TryAgainError),
            sleep=self.sleep,
            reraise=True,
        )
        try:
            return retrying(attempt.run)
        except TryAgainError as error:
            raise GiveUpError(f"{error}, {self.settings.fetch_attempts} times") from error

    def pause_for(self, host: str) -> None:
        """Keep the polite distance to the last request to ``host``."""
        waited = time.monotonic() - self._last_asked.get(host, -1e9)
        if waited < self.settings.fetch_pause:
            self.sleep(self.settings.fetch_pause - waited)
        self._last_asked[host] = time.monotonic()


def _wait(state: RetryCallState) -> float:
    """What the server asked for, else twice as long each time."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait if isinstance(error, TryAgainError) else None
    return asked if asked is not None else wait_exponential(multiplier=1, max=60)(state)


@dataclass
class _Attempt:
    """One try after the other at one file; what arrived so far is kept between tries if it can be continued."""

    downloader: Downloader
    url: str
    hosts: tuple[str, ...]
    into: Path
    conditions: dict[str, str]
    deadline: float
    progress: Progress
    validator: str = ""

    def run(self) -> Answer:
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
        except httpx.InvalidURL as error:
            raise GiveUpError(f"the server sent us to an address that is none ({error})") from error

    def _follow(self, url: str) -> Answer:
        for _ in range(REDIRECTS):
            host = urlsplit(url).hostname or ""
            self.downloader.pause_for(host)
            with self.downloader.client.stream("GET", url, headers=self._headers()) as response:
                if not response.has_redirect_location:
                    return self._take(response, url)
                url = str(response.url.join(response.headers["location"]))
            self._same_publisher(url)
        raise GiveUpError(f"more than {REDIRECTS} redirects")

    def _headers(self) -> dict[str, str]:
        """Conditions, or the part that is still missing."""
        have = self.into.stat().st_size if self.validator and self.into.exists() else 0
        return {"Range": f"bytes={have}-", "If-Range": self.validator} if have else dict(self.conditions)

    def _same_publisher(self, url: str) -> None:
        target = urlsplit(url)
        host = (target.hostname or "").lower()
        if target.scheme != "https" or not any(host == h or host.endswith(f".{h}") for h in self.hosts):
            raise GiveUpError(f"the server sent us to {target.scheme}://{host}, which is not the publisher's")

    def _take(self, response: httpx.Response, url: str) -> Answer:
        status = response.status_code
        if status == httpx.codes.NOT_MODIFIED:
            return Answer(False, status, url)
        if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            self.validator = ""
            raise TryAgainError("the rest of the file could not be had")
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise TryAgainError(f"the server answered {status}", _retry_after(response))
        if status not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
            raise GiveUpError(f"the server answered {status}")
        self._save(response, append=status == httpx.codes.PARTIAL_CONTENT)
        headers = response.headers
        return Answer(True, int(httpx.codes.OK), url, headers.get("etag", ""), headers.get("last-modified", ""))

    def _save(self, response: httpx.Response, append: bool) -> None:
        """Write the body as it comes; stop at the size cap and at the deadline."""
        if response.headers.get("content-encoding", "identity") != "identity":
            raise GiveUpError("the server sent a compressed body that was not asked for")
        largest = self.downloader.settings.largest_file
        length = response.headers.get("content-length")
        if append and not response.headers.get("content-range", "").startswith(f"bytes {self.into.stat().st_size}-"):
            self.validator = ""
            raise TryAgainError("the server sent another part than the one asked for")
        have = self.into.stat().st_size if append else 0
        total = have + int(length) if length and length.isdigit() else None
        if total is not None and total > largest:
            raise GiveUpError(f"the file has {total:,} bytes; more than {largest:,} is refused")
        etag = response.headers.get("etag", "")
        self.validator = etag if etag and not etag.startswith("W/") and response.headers.get("accept-ranges") == "bytes" else ""
        with self.into.open("ab" if append else "wb") as target:
            for chunk in response.iter_raw():  # as it arrives: a chunk size would wait for slow bytes and lose the last ones of a cut body
                have += len(chunk)
                if have > largest:
                    raise GiveUpError(f"the file is larger than {largest:,} bytes, which is refused")
                if time.monotonic() > self.deadline:
                    raise GiveUpError(f"not whole after {self.downloader.settings.fetch_deadline:.0f} seconds")
                target.write(chunk)
                self.progress(have, total)


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds that the server asks us to wait. Raises GiveUpError when it is too long for a night's run."""
    value = response.headers.get("retry-after", "")
    if value.isdigit():
        seconds = float(value)
    else:
        try:
            seconds = (parsedate_to_datetime(value) - clock.now()).total_seconds()
        except (TypeError, ValueError):
            return None
    if seconds > LONGEST_WAIT:
        raise GiveUpError(f"the server answered {response.status_code} and asks to wait {seconds:.0f} seconds")
    return max(0.0, seconds)
