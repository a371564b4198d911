"""Files of a release. Each is served under the release's own address, so a page and what it loads are of one release.

An address without a release leads to the current one; so does opening a page of a release that is no longer current.
"""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from reports.serve.ask import AskError
from reports.serve.guard import RELEASE_POLICY
from reports.serve.release import address_of, current_folder, folder_of

START = "reports/index.html"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".duckdb": "application/octet-stream",
    ".parquet": "application/vnd.apache.parquet",
}


def current_file(out: Path, path: str, query: str = "") -> Response:
    """Lead to a file of the current release and pass the query on. Raises AskError when it has none of this name."""
    if path in ("data/", "sql/"):
        return RedirectResponse("/" + path[:-1], 302)
    folder = current_folder(out)
    if path in ("", "reports", "reports/"):
        path = START
    if file_of(folder, path) is None:
        raise AskError("There is no such page in the current release. Start at /", 404)
    return RedirectResponse(f"{address_of(folder)}{path}{f'?{query}' if query else ''}", 302)


def release_file(out: Path, release_id: str, path: str, request: Request) -> Response:
    """A file of a release; or, for a page that a person opens when another release is current, the way there."""
    folder, now = folder_of(out, release_id), current_folder(out)
    file = file_of(folder, path) if folder else None
    opened = request.headers.get("sec-fetch-dest", "document") == "document" and path.endswith(".html")
    if now.name != release_id and (file is None or opened):
        return current_file(out, path, request.url.query)
    if file is None:
        raise AskError("There is no such page in this release. Start at /", 404)
    headers = {"Content-Security-Policy": RELEASE_POLICY}
    return FileResponse(file, media_type=TYPES.get(file.suffix, "application/octet-stream"), headers=headers)


def file_of(folder: Path, path: str) -> Path | None:
    """A file within a release: no folder, and no link that leads out of it."""
    if "\0" in path or "\\" in path:
        return None
    try:
        file = (folder / path).resolve()
        return file if file.is_relative_to(folder) and file.is_file() else None
    except (OSError, ValueError):  # a name that no file can have
        return None
