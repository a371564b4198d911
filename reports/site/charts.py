"""Charts, drawn as SVG from Vega-Lite descriptions while the site is built.

Each is next to a table with the same figures.
"""

import re
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

# Very different in lightness, so that they differ in a grayscale print.
STATUS_COLORS = {"eligible": "#7a1f5c", "not determined": "#e3b75a"}
LOOK = {"font": "sans-serif", "view": {"continuousWidth": 300, "continuousHeight": 300, "stroke": None}}
FIGURE = {"field": "LEAs", "type": "quantitative"}
Counts = tuple[tuple[Any, ...], ...]


@lru_cache(maxsize=64)  # the same figures give the same drawing
def pathway_chart(counts: Counts) -> Markup:
    """Draw LEAs by pathway name, determination year and status word as a row of bar charts."""
    values = [
        {"pathway": pathway, "year": str(year), "status": status, "LEAs": n} for pathway, year, status, n in counts
    ]
    places = {
        "x": {"field": "year", "type": "ordinal", "title": None, "axis": {"labelAngle": 0}},
        "xOffset": {"field": "status", "type": "nominal", "sort": list(STATUS_COLORS)},
        "y": {**FIGURE, "title": "LEAs", "axis": {"tickMinStep": 1}},
    }
    color = {
        "field": "status",
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(STATUS_COLORS), "range": list(STATUS_COLORS.values())},
        "legend": {"orient": "top"},
    }
    order = list(dict.fromkeys(pathway for pathway, *_ in counts))
    bars = {"mark": {"type": "bar"}, "encoding": {"color": color, **places}}
    labels = {"mark": {"type": "text", "dy": -6, "fontSize": 11}, "encoding": {"text": FIGURE, **places}}
    chart = {
        "data": {"values": values},
        "facet": {"column": {"field": "pathway", "type": "nominal", "title": None, "sort": order}},
        "spec": {"layer": [bars, labels], "width": 230, "height": 150},
    }
    return _svg(chart, "LEAs that are eligible, and LEAs that are not determined, by pathway and determination year")


@lru_cache(maxsize=64)
def group_chart(counts: Counts) -> Markup:
    """Draw the number of LEAs in which a student group met the criteria, by group name and Dashboard year.

    The chart is a grid of figures, darker for higher numbers.
    """
    values = [{"group": group, "year": str(year), "LEAs": n} for group, year, n in counts]
    most = max(n for *_, n in counts)
    order = list(dict.fromkeys(group for group, *_ in counts))
    places = {
        "x": {"field": "year", "type": "ordinal", "title": None, "axis": {"labelAngle": 0, "orient": "top"}},
        "y": {"field": "group", "type": "nominal", "title": None, "sort": order, "axis": {"labelLimit": 260}},
    }
    fill = {
        **FIGURE,
        "scale": {"range": ["#f3f6f9", "#7a1f5c"], "domain": [0, most], "interpolate": "rgb"},
        "legend": None,
    }
    ink = {"condition": {"test": f"(datum.LEAs > {most * 0.62})", "value": "#ffffff"}, "value": "#1b2430"}
    fields = {"mark": {"type": "rect", "stroke": "#ffffff"}, "encoding": {"color": fill, **places}}
    figures = {"mark": {"type": "text", "fontSize": 11}, "encoding": {"text": FIGURE, "color": ink, **places}}
    chart = {
        "data": {"values": values},
        "layer": [fields, figures],
        "width": 52 * len({y for _, y, _ in counts}),
        "height": 21 * len(order),
    }
    return _svg(chart, "Number of LEAs in which a student group met the criteria, by Dashboard year")


def _svg(chart: dict[str, Any], label: str) -> Markup:
    """Draw the chart and give it one accessible name instead of many."""
    import vl_convert  # slow to import, and only needed to write a site

    drawn = vl_convert.vegalite_to_svg({**chart, "config": LOOK})
    inside = re.sub(r' (?:aria-[a-z]+|role|class)="[^"]*"', "", drawn[drawn.index(">") + 1 :])
    width, height = re.findall(r'(?:width|height)="(\d+)"', drawn)[:2]
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' role="img" aria-label="{escape(label)}">'
    )
    return Markup(opening + inside)  # noqa: S704 - Vega escapes the texts that it draws
