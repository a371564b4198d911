"""Check every request and add headers to every answer. Only this computer's own browser may send requests, to read."""

import asyncio
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_ADDRESS = 32_000  # bytes of path and query
NAMES = ("127.0.0.1", "localhost")
OWN_SITE = (None, "same-origin", "none")  # None: a typed address, a bookmark, or another program
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; base-uri"
    " 'none'; frame-ancestors 'none'"
)
RELEASE_POLICY = (  # the pages set the rest themselves
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",  # a newer release may become current at any time
}


class Guard:
    """Middleware that refuses improper requests with an explanation, and adds headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        """Guard ``app``."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a refusal, or pass the request on."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", POLICY)
            await send(message)

        refusal = refuse(scope)
        if refusal is None:
            return await self.app(scope, receive, send_with_headers)
        status, words = refusal
        if status == 413:
            await _read_some_body(receive)
        headers = {"Connection": "close"} | ({"Allow": "GET, HEAD"} if status == 405 else {})
        return await PlainTextResponse(words + "\n", status, headers)(scope, receive, send_with_headers)


async def _read_some_body(receive: Receive) -> None:
    """Read part of a body before refusing it. A client that is still sending would not see the answer."""
    taken = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(2):
            while taken < 4_000_000:
                message = await receive()
                taken += len(message.get("body", b""))
                if not message.get("more_body"):
                    return


def refuse(scope: Scope) -> tuple[int, str] | None:
    """Return status and message if the request must be refused, else None."""
    headers = Headers(scope=scope)
    hosts = headers.getlist("host")
    port = (scope.get("server") or ("", None))[1]
    if len(hosts) != 1 or hosts[0] not in {f"{name}:{port}" for name in NAMES} | (set(NAMES) if port == 80 else set()):
        return 403, f"This server answers only under its own address, http://{NAMES[0]}:{port}/."
    if headers.get("origin") not in (None, f"http://{hosts[0]}") or headers.get("sec-fetch-site") not in OWN_SITE:
        return 403, "This request came from another site. Copy the address and paste it into the browser to open it."
    if scope["method"] not in ("GET", "HEAD"):
        return 405, "This server is read-only: it accepts GET and HEAD."
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        return 413, "A GET or HEAD request must not have a body: put the query in the address."
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
        return 414, f"The address is longer than {LONGEST_ADDRESS:,} bytes. Use dta sql for a query as long as this."
    return None
