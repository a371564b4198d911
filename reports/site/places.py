"""Pages of counties and of Geographic Lead areas, and the county map.

Boundaries of the US Census are converted once to drawing paths (data/reference/county_shapes.py).
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

import duckdb

from reports.book import Book
from reports.published import Row, grouped, rows
from reports.site.eligible import county_facts, eligible_leas
from reports.site.pages import FOLDER, Pages
from reports.site.tallies import LeaLine, by_county, lines_of_counties, tally
from reports.site.watched import NEARNESS, SHOWN_FIRST, by_nearness, eligible_by
from transforms.wording.sentences import county_summary

CLASSES = ((1, "m1"), (3, "m2"), (6, "m3"))  # smallest number of eligible LEAs in each shade
LEGEND = (
    ("mx", "no LEA in this release"),
    ("m0", "none eligible"),
    ("m1", "1 or 2"),
    ("m2", "3 to 5"),
    ("m3", "6 or more"),
)


@dataclass(frozen=True)
class Shape:
    """One county, ready to draw."""

    code: str
    path: str
    x: float
    y: float
    look: str
    title: str
    number: int


@cache
def _shapes() -> dict[str, Any]:
    shapes: dict[str, Any] = json.loads((FOLDER / "county_shapes.json").read_text("utf-8"))
    return shapes


def county_map(book: Book, counted: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return values of the template ``map.html``, with shapes in the order of county names."""
    shapes = []
    for code, name in book.counties.items():
        drawn, numbers = _shapes()["counties"][code], counted.get(code)
        number = numbers["eligible"] if numbers else 0
        look = (
            "mx" if not numbers else max(((least, c) for least, c in CLASSES if number >= least), default=(0, "m0"))[1]
        )
        title = (
            f"{name} County: {numbers['eligible']} eligible of {numbers['leas']} LEAs"
            if numbers
            else f"{name} County: no LEA in this release"
        )
        shapes.append(Shape(code, drawn["path"], drawn["label"][0], drawn["label"][1], look, title, number))
    return {"shapes": shapes, "width": _shapes()["width"], "height": _shapes()["height"], "legend": LEGEND}


def area_page(area: str) -> str:
    """Return the page name of an area: letters, digits and dashes only."""
    return f"geographic-lead/{re.sub(r'[^a-z0-9]+', '-', area.lower()).strip('-')}.html"


def write(connection: duckdb.DuckDBPyConnection, pages: Pages, lines: dict[int, list[LeaLine]]) -> None:
    """Write the lists of counties and of areas, and a page for each."""
    book = pages.book
    terms, watched, changes, interim = (
        grouped(rows(connection, query), itemgetter("county_code")) for query in (TERMS, WATCHED, CHANGES, INTERIM)
    )
    eligible_now = eligible_by(book, lines[book.year])
    counted = by_county(book, lines[book.year])
    eligible = grouped(eligible_leas(book, lines), lambda x: x.line.lea["county_code"])
    summaries = {code: county_summary(facts) for code, facts in county_facts(connection, book, lines)}
    pages.write("counties.html", "counties.html", counted=counted, map=county_map(book, counted))
    for code, county in book.counties.items():
        here = lines_of_counties(lines, [code])
        pages.write(
            f"county/{code}.html", "county.html", code=code, county=county, lines=here[book.year],
            eligible=eligible[code],
            others=sorted((x for x in here[book.year] if not x.eligible), key=lambda x: x.rank), tally=tally(here),
            terms=terms[code],
            area=book.areas.get(code), area_page=area_page, watched=by_nearness(book, watched[code], *eligible_now),
            near=NEARNESS, near_first=SHOWN_FIRST, changes=changes[code],
            interim=interim[code],
            summary=summaries.get(code),
        )  # fmt: skip
    areas = {
        area: [code for code in book.counties if book.areas.get(code) == area]
        for area in sorted(set(book.areas.values()))
    }
    pages.write("geographic-leads.html", "areas.html", areas=areas, counted=counted, terms=terms, area_page=area_page)
    for area, codes in areas.items():
        here = lines_of_counties(lines, codes)
        counts = tally(here)
        pages.write(
            area_page(area), "area.html", area=area, codes=codes, terms=_leads(terms, codes), counted=counted,
            tally=counts, chart=counts.chart(book),
            lines=[line for line in here[book.year] if line.eligible or line.in_doubt],
        )  # fmt: skip


SAME_TERM = itemgetter("geo_lead", "valid_from", "valid_to", "date_basis", "basis", "confidence", "source")
TERMS = "select * from geo_leads order by county_code, valid_from nulls first, geo_lead"
WATCHED = """
    select l.county_code, w.* from watch_list w join leas l using (cds)
    order by w.lea_name, w.cds, w.student_group, w.watch
"""
CHANGES = """
    select l.county_code, c.* from changes c join leas l using (cds) join pathways p using (pathway)
    where c.to_year = (select max(to_year) from changes) order by c.lea_name, c.cds, p.position
"""
INTERIM = """
    select c.county_code, i.* from interim_certifications i join counties c using (county)
    order by i.fiscal_year desc, i.period desc, i.lea_as_listed
"""


def _leads(terms: dict[str, list[Row]], codes: list[str]) -> list[Row]:
    """Return terms of an area's leads, each once, with the counties that it covers."""
    found: dict[tuple[object, ...], Row] = {}
    for code in codes:
        for term in terms[code]:
            found.setdefault(SAME_TERM(term), term | {"counties": []})["counties"].append(term["county"])
    return list(found.values())
