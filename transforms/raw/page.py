"""Read the tables of a saved web page of CDE: interim certifications, negative and qualified."""

import pyarrow as pa
from lxml import html
from lxml.etree import LxmlError

from transforms.control_characters import REASON, control_in, shown
from transforms.errors import SourceError
from transforms.raw.table import RawTable, Reject
from transforms.sources.layouts import LayoutSpec
from transforms.tables import texts

KINDS = ("negative", "qualified")
LARGEST_PAGE = 5_000_000  # bytes


def read_page(content: bytes, file: str, spec: LayoutSpec, needed: set[str]) -> RawTable:
    """Return one row per listed LEA, with the certification that the heading above its table names.

    ``line`` is the row's line in the page. Raises SourceError if the page has no such table.
    """
    if len(content) > LARGEST_PAGE:
        raise SourceError(
            file, f"the page has {len(content):,} bytes; more than {LARGEST_PAGE:,} is refused", "Save the page again."
        )
    try:
        document = html.fromstring(content, parser=html.HTMLParser(no_network=True))
    except (LxmlError, ValueError) as error:
        raise SourceError(file, f"this is not a web page ({error})", "Save the page again, as HTML.") from error
    rows: list[dict[str, object]] = []
    rejects: list[Reject] = []
    for table in document.iter("table"):
        fields = _fields(table, spec)
        if not needed <= set(fields.values()):
            continue
        certification = _certification(table)
        for row in list(table.iter("tr"))[1:]:
            cells = [_text(c) for c in row.iterchildren("td", "th")]
            if not any(cells):
                continue
            line = int(row.sourceline or 0)
            if certification is None or len(cells) != len(fields):
                why = (
                    "no heading above the table says negative or qualified"
                    if certification is None
                    else f"the row has {len(cells)} cells"
                )
                rejects.append(Reject(line, "", " | ".join(cells)[:200], why))
                continue
            named = {field: cells[i] for i, field in fields.items() if field != "#"}
            if any(map(control_in, cells)):
                rejects.append(Reject(line, "", shown(" | ".join(cells))[:200], REASON))
                continue
            rows.append({**dict.fromkeys(spec.columns, ""), **named, "certification": certification, "line": line})
    if not rows and not rejects:
        raise SourceError(
            file,
            f"the page has no table with columns {', '.join(sorted(needed))}",
            "Save the page of interim certifications, as HTML.",
        )
    schema = pa.schema({**texts(*spec.columns), "line": pa.int64()})
    return RawTable(pa.Table.from_pylist(rows, schema), rejects, len(rows) + len(rejects), len(rows), encoding="html")


def _fields(table: html.HtmlElement, spec: LayoutSpec) -> dict[int, str]:
    """Return position -> column of the first row; '#' for a column that is not read."""
    first = next(table.iter("tr"), None)
    cells = [] if first is None else [_text(c) for c in first.iterchildren("td", "th")]
    return {i: spec.canonical(cell) or "#" for i, cell in enumerate(cells)}


def _certification(table: html.HtmlElement) -> str | None:
    """Return the certification in the caption, or in the nearest text above that names only one."""
    above = [
        *table.xpath("./caption"),
        *reversed(
            table.xpath("preceding::*[self::h1 or self::h2 or self::h3 or self::h4 or self::p or self::caption]")
        ),
    ]
    for element in above:
        kinds = [kind for kind in KINDS if kind in _text(element).lower()]
        if len(kinds) == 1:
            return kinds[0]
    return None


def _text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())
