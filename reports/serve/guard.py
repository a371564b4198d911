"""What every request passes first and every answer carries: only this computer's own browser asks, and only for
reading.
"""

import asyncio
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_ADDRESS = 32_000  # bytes of path and query
NAMES = ("127.0.0.1", "localhost")
OWN_SITE = (None, "same-origin", "none")  # none: typed, a bookmark, or another program
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; base-uri"
    " 'none'; frame-ancestors 'none'"
)
RELEASE_POLICY = (  # its pages say the rest themselves
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
    """Middleware: refuses what this server is not for, in words, and adds headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        """Guard ``app``."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a refusal, or pass the request on."""
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
            await _drain(receive)
        headers = {"Connection": "close"} | ({"Allow": "GET, HEAD"} if status == 405 else {})
        return await PlainTextResponse(words + "\n", status, headers)(scope, receive, send_with_headers)


async def _drain(receive: Receive) -> None:
    """Take some of a body before refusing it: who is still sending would not see the answer."""
    taken = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(2):
            while taken < 4_000_000:
                message = await receive()
                taken += len(message.get("body", b""))
                if not message.get("more_body"):
                    return


def refuse(scope: Scope) -> tuple[int, str] | None:
    """Status and words for a request that is not answered."""
    headers = Headers(scope=scope)
    hosts = headers.getlist("host")
    port = (scope.get("server") or ("", None))[1]
    if len(hosts) != 1 or hosts[0] not in {f"{name}:{port}" for name in NAMES} | (set(NAMES) if port == 80 else set()):
        return 403, f"This server answers only under its own address, http://{NAMES[0]}:{port}/."
    if headers.get("origin") not in (None, f"http://{hosts[0]}") or headers.get("sec-fetch-site") not in OWN_SITE:
        return 403, "Another site asked for this. Copy the address and paste it into the browser to open it."
    if scope["method"] not in ("GET", "HEAD"):
        return 405, "This server is for reading: GET and HEAD."
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        return 413, "A request for reading has no body: put the query into the address."
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
        return 414, f"The address is longer than {LONGEST_ADDRESS:,} bytes. Use dta sql for a query as long as this."
    return None
