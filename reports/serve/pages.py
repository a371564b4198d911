"""Return an answer in the requested form (page, CSV, JSON or Parquet) with the limits that it reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from jinja2 import Environment, FileSystemLoader
from starlette.responses import JSONResponse, Response

from reports.serve.ask import (
    DOWNLOADS,
    HTML,
    MEDIA,
    NAMES,
    ROWS,
    AskError,
    as_csv,
    as_json,
    as_parquet,
    is_number,
    limit_sentence,
)
from reports.serve.release import Release
from reports.site.pages import TEMPLATES, environment
from transforms.values import shown

FOLDER = Path(__file__).resolve().parent
UNWRITABLE = (OverflowError, ValueError, pa.ArrowException)  # such as a date beyond the calendar of Python
LONG = 60  # letters; a column with longer texts gets a wider cell


@dataclass(frozen=True)
class Answer:
    """Rows with facts about them."""

    release: Release
    table: pa.Table
    name: str  # file name
    seconds: int
    cut: str = ""  # the limit that left out rows
    rows: int = ROWS  # the row limit
    facts: Mapping[str, Any] = field(default_factory=dict)  # additional facts for JSON
    next_address: str = ""
    total: int | None = None  # number of rows without limits

    @property
    def headers(self) -> dict[str, str]:
        """Limits and origin, for programs."""
        link = {"Link": f'<{self.next_address}>; rel="next"'} if self.next_address else {}
        return (
            limits(self.seconds, self.rows) | {"Dta-Release": self.release.id, "Dta-Truncated": self.cut or "no"} | link
        )

    @property
    def warning(self) -> str:
        """The rows that are missing and the reason; empty if none are."""
        return limit_sentence(self.cut, self.rows) if self.cut else ""


def limits(seconds: int, rows: int = ROWS, limit: str = "") -> dict[str, str]:
    """Return the limits of every answer, and the limit that ended this one."""
    return {"Dta-Time-Limit": str(seconds), "Dta-Row-Limit": str(rows)} | ({"Dta-Limit": limit} if limit else {})


def write(answer: Answer, format: str) -> Response:
    """Return the answer as a file. Raises AskError if the format cannot hold a value."""
    try:
        if format == "json":
            facts = {"release_id": answer.release.id, "truncated": bool(answer.cut), "message": answer.warning or None}
            known = {"row_limit": answer.rows, "time_limit_seconds": answer.seconds}
            content = as_json(answer.table, {**facts, **known, **answer.facts})
        else:
            content = as_csv(answer.table) if format == "csv" else as_parquet(answer.table)
    except UNWRITABLE as error:
        raise AskError(
            f"A value of this answer cannot be written as {NAMES[format]} ({error}). Cast it to VARCHAR."
        ) from error
    name = f"{answer.name}-{answer.release.id}.{format}"
    disposition = {} if format == "json" else {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=answer.headers | disposition, media_type=MEDIA[format])


def show(
    release: Release,
    template: str,
    answer: Answer | None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> Response:
    """Return a page in the frame of the release's pages. Raises AskError if a value cannot be shown."""
    try:
        grid = grid_of(answer) if answer else None
    except UNWRITABLE as error:
        raise AskError(f"A value of this answer cannot be shown ({error}). Cast it to VARCHAR.") from error
    shared = {
        "book": release.book,
        "root": f"{release.address}reports/",
        "here": "data.html",
        "release": release,
        "formats": NAMES,
    }
    text = _environment().get_template(template).render(**shared, answer=answer, grid=grid, rows_limit=ROWS, **values)
    return Response(text, status, answer.headers if answer else headers, MEDIA[HTML])


def problem(error: str, status: int, format: str, limit: str = "") -> Response:
    """Return an error message in the requested format. ``limit`` is the limit that ended a query."""
    headers = {"Dta-Limit": limit} if limit else {}
    if format == "json":
        return JSONResponse({"error": error, "status": status, "limit": limit or None}, status, headers)
    if format in DOWNLOADS:
        return Response(error + "\n", status, headers, "text/plain; charset=utf-8")
    return Response(_environment().get_template("problem.html").render(error=error), status, headers, MEDIA[HTML])


@dataclass(frozen=True)
class Head:
    """Heading of a column."""

    name: str
    look: str  # CSS class of its cells


def grid_of(answer: Answer) -> tuple[list[Head], list[list[tuple[str, str]]]]:
    """Return headings, and rows of cells as text and link."""
    heads, columns = [], []
    for name, column in zip(answer.table.column_names, answer.table.columns, strict=True):
        texts = [shown(v) for v in column.to_pylist(maps_as_pydicts="lossy")]
        long = max(map(len, texts), default=0) > LONG
        heads.append(Head(name, "number" if is_number(column.type) else "long" if long else ""))
        columns.append([(text, lea_address(answer.release, text) if name == "cds" else "") for text in texts])
    return heads, [list(row) for row in zip(*columns, strict=True)]


@cache
def _lea_pages(folder: Path) -> frozenset[str]:
    return frozenset(p.stem for p in (folder / "reports" / "lea").glob("*.html"))


def lea_address(release: Release, cds: str) -> str:
    """Return the address of an LEA's page, or an empty text if there is none."""
    return f"{release.address}reports/lea/{cds}.html" if cds in _lea_pages(release.folder) else ""


@cache
def _environment() -> Environment:
    """Return the templates of site and server. Every printed value is escaped."""
    return environment().overlay(loader=FileSystemLoader([FOLDER / "templates", *TEMPLATES]))
