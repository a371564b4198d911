"""Reuse the page of an LEA from the previous release if everything that it was made from is the same.

Each page has a digest of what it was made from. Only two parts of it are about the release itself; they are replaced.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import duckdb
from markupsafe import Markup

from reports.book import Book
from reports.lea import rows_digests
from reports.published import Lea
from reports.site.drawn import state_values
from reports.site.pages import Pages, render
from transforms.release.digests import code_digest

DIGEST = re.compile(r'<meta name="made-from" content="([0-9a-f]{64})">')
SCOPE, FOOTER = '<div class="release">\n', "<footer>\n"  # what lea.html and base.html write before the two parts
SHOWN = ("file", "present", "excerpt")  # of a source; its hash is in a file for all pages


@dataclass(frozen=True)
class Shared:
    """What pages of LEAs have in common. ``book`` has no facts about the release, so that no page depends on them."""

    book: Book
    state_known: bool  # True if the values of the whole state are loaded


@dataclass(frozen=True)
class Frame:
    """The parts of a page that are about its release."""

    scope: Markup
    footer: Markup


def read_shared(connection: duckdb.DuckDBPyConnection, book: Book) -> Shared:
    """Read what pages of LEAs have in common."""
    hidden = {"sha256": "", "first_seen": None}
    sources = {s: {n: f[n] for n in SHOWN} | hidden for s, f in book.sources.items()}
    without_release = replace(book, release={"release_id": ""}, warnings=[], not_loaded=[], sources=sources)
    return Shared(without_release, bool(state_values(connection, book)))


def frame_of(book: Book) -> Frame:
    """Return the parts about the release of this book."""
    scope, footer = (render(f"{part}.html", book=book, root="../") for part in ("scope", "footer"))
    return Frame(Markup(scope), Markup(footer))  # noqa: S704  (templates escape)


def page_digests(connection: duckdb.DuckDBPyConnection, shared: Shared, leas: Sequence[Lea]) -> dict[str, str]:
    """Return a digest by CDS code of everything that a page is made from: rows, shared facts and code."""
    common = sha256(f"{code_digest()} {shared}".encode()).hexdigest()
    of_rows = rows_digests(connection, shared.book, leas, shared.book.determination_years)
    return {cds: sha256(f"{common} {rows}".encode()).hexdigest() for cds, rows in of_rows.items()}


def reuse_pages(connection: duckdb.DuckDBPyConnection, pages: Pages, leas: Sequence[Lea], previous: Path) -> list[Lea]:
    """Copy pages with the same digest from a complete release; return the LEAs whose pages remain to be written."""
    digests = page_digests(connection, read_shared(connection, pages.book), leas)
    frame, target = frame_of(pages.book), pages.folder / "lea"
    target.mkdir(parents=True, exist_ok=True)
    left = []
    for lea in leas:
        name = f"{lea.cds}.html"
        page = _renewed(previous / "reports" / "lea" / name, digests[lea.cds], frame)
        if page is None:
            left.append(lea)
        else:
            (target / name).write_bytes(page.encode())
    return left


def _renewed(page: Path, digest: str, frame: Frame) -> str | None:
    """Return the page with the parts about this release; None if it has another digest or is missing."""
    text = page.read_bytes().decode() if page.is_file() else ""
    made_from = DIGEST.search(text)
    if made_from is None or made_from[1] != digest:
        return None
    head, scope, rest = text.partition(SCOPE)
    _, scope_end, rest = rest.partition("</div>")
    body, footer, rest = rest.rpartition(FOOTER)
    _, footer_end, tail = rest.rpartition("</footer>")
    return "".join([head, scope, frame.scope, scope_end, body, footer, frame.footer, footer_end, tail])
