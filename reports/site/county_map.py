"""The county map: boundaries of the US Census, made into drawing paths once (data/reference/county_shapes.py)."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from reports.book import Book
from reports.site.pages import FOLDER

CLASSES = ((1, "m1"), (3, "m2"), (6, "m3"))  # smallest number of eligible LEAs of each shade
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
    """Values of the template ``map.html``: shapes in the order of the county names."""
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
