"""Facts about a release for the server, read once because a release never changes: its tables and its page frame.

Files of a release are served under its own address, so a page and its assets come from one release. An address
without a release redirects to the current one. So does opening a page of a release that is no longer current.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duckdb
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from reports.book import Book, read_book
from reports.published import rows
from reports.serve.ask import AskError
from reports.serve.guard import RELEASE_POLICY
from transforms.database import connect_read_only
from transforms.errors import ReleaseError
from transforms.release.current import DATABASE, MANIFEST, current_release


@dataclass(frozen=True)
class Column:
    """A column of a published table."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Table:
    """A published table."""

    name: str
    description: str
    grain: str
    key: tuple[str, ...]
    row_count: int
    columns: dict[str, Column]


@dataclass(frozen=True)
class Release:
    """A release that is being served."""

    folder: Path
    book: Book
    tables: dict[str, Table]

    @property
    def id(self) -> str:
        """The id of the release, which is the name of its folder."""
        return self.folder.name

    @property
    def address(self) -> str:
        """The address of its own files. They stay the same when a newer release becomes current."""
        return address_of(self.folder)


def address_of(folder: Path) -> str:
    """Return the address of a release's files."""
    return f"/release/{folder.name}/"


def folder_of(out: Path, release_id: str) -> Path | None:
    """Return the folder of the published release with this id, or None."""
    folder = out / "releases" / release_id
    return folder.resolve() if re.fullmatch(r"[0-9][\w.-]*", release_id) and (folder / MANIFEST).is_file() else None


def current_folder(out: Path) -> Path:
    """Return the folder of the current release. Raises ReleaseError if there is none."""
    folder = current_release(out)
    if folder is None:
        raise ReleaseError("There is no release yet. Run: dta run")
    return folder


def current(out: Path) -> Release:
    """Return the current release with its tables. Raises ReleaseError if there is none that can be read."""
    return _read(current_folder(out))


@lru_cache(maxsize=4)
def _read(folder: Path) -> Release:
    try:
        with connect_read_only(folder / DATABASE, "200MB", spill_limit=None, threads=1) as connection:
            return Release(folder, read_book(connection), _tables(connection))
    except (duckdb.Error, LookupError) as error:
        raise ReleaseError(
            f"Release {folder.name} cannot be read ({error}). It is damaged or from another version: dta run publishes"
            " a new one."
        ) from error


def _tables(connection: duckdb.DuckDBPyConnection) -> dict[str, Table]:
    columns: dict[str, dict[str, Column]] = {}
    described = (
        "select table_name, column_name, data_type, coalesce(comment, '') from duckdb_columns() order by table_name,"
        " column_index"
    )
    for table, name, kind, description in connection.execute(described).fetchall():
        columns.setdefault(table, {})[name] = Column(name, kind, description)
    found = rows(
        connection, "select table_name, description, grain, key, row_count from meta_tables order by table_name"
    )
    return {
        t["table_name"]: Table(
            t["table_name"], t["description"], t["grain"], tuple(t["key"]), t["row_count"], columns[t["table_name"]]
        )
        for t in found
    }


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
    """Redirect to a file of the current release, with the query. Raises AskError if the file does not exist."""
    if path in ("data/", "sql/"):
        return RedirectResponse("/" + path[:-1], 302)
    folder = current_folder(out)
    if path in ("", "reports", "reports/"):
        path = START
    if file_of(folder, path) is None:
        raise AskError("There is no such page in the current release. Start at /", 404)
    return RedirectResponse(f"{address_of(folder)}{path}{f'?{query}' if query else ''}", 302)


def release_file(out: Path, release_id: str, path: str, request: Request) -> Response:
    """Return a file of a release, or redirect if a person opens a page while another release is current."""
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
    """Return the path of a file within a release, but no folder and no link that leads out of it."""
    if "\0" in path or "\\" in path:
        return None
    try:
        file = (folder / path).resolve()
        return file if file.is_relative_to(folder) and file.is_file() else None
    except (OSError, ValueError):  # an impossible file name
        return None
