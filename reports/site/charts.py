"""Charts, drawn as SVG while the site is built. Each stands beside a table with the same figures."""

import re
from functools import lru_cache
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

# Far apart in lightness, so that a grey print tells them apart.
STATUS_COLORS = {
    "eligible": "#7a1f5c",
    "not determined": "#e3b75a",
}
Counts = tuple[tuple[Any, ...], ...]


@lru_cache(maxsize=64)  # the same figures give the same drawing
def pathway_chart(counts: Counts) -> Markup:
    """LEAs by pathway name, determination year and status word: a row of bar charts."""
    import altair as alt  # slow to import, and only needed where a site is written

    values = [
        {"pathway": pathway, "year": str(year), "status": status, "LEAs": n} for pathway, year, status, n in counts
    ]
    base = alt.Chart(pd.DataFrame(values)).encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
        xOffset=alt.XOffset("status:N", sort=list(STATUS_COLORS)),
        y=alt.Y("LEAs:Q", title="LEAs", axis=alt.Axis(tickMinStep=1)),
    )
    colors = alt.Scale(domain=list(STATUS_COLORS), range=list(STATUS_COLORS.values()))
    bars = base.mark_bar().encode(
        color=alt.Color("status:N", title=None, scale=colors, legend=alt.Legend(orient="top"))
    )
    labels = base.mark_text(dy=-6, fontSize=11).encode(text="LEAs:Q")
    order = list(dict.fromkeys(pathway for pathway, *_ in counts))
    chart = (
        alt.layer(bars, labels)
        .properties(width=230, height=150)
        .facet(column=alt.Column("pathway:N", title=None, sort=order))
    )
    return _svg(chart, "LEAs that are eligible, and LEAs that are not determined, by pathway and determination year")


@lru_cache(maxsize=64)
def group_chart(counts: Counts) -> Markup:
    """LEAs in which a student group met the criteria, by name of the group and Dashboard year: a field of figures,
    darker for more.
    """
    import altair as alt

    values = [{"group": group, "year": str(year), "LEAs": n} for group, year, n in counts]
    most = max(n for *_, n in counts)
    order = list(dict.fromkeys(group for group, *_ in counts))
    base = alt.Chart(pd.DataFrame(values)).encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, orient="top")),
        y=alt.Y("group:N", title=None, sort=order, axis=alt.Axis(labelLimit=260)),
    )
    fields = base.mark_rect(stroke="#ffffff").encode(
        color=alt.Color(
            "LEAs:Q", scale=alt.Scale(range=["#f3f6f9", "#7a1f5c"], domain=[0, most], interpolate="rgb"), legend=None
        )
    )
    ink = alt.condition(alt.datum.LEAs > most * 0.62, alt.value("#ffffff"), alt.value("#1b2430"))
    chart = alt.layer(fields, base.mark_text(fontSize=11).encode(text="LEAs:Q", color=ink)).properties(
        width=52 * len({y for _, y, _ in counts}), height=21 * len(order)
    )
    return _svg(chart, "Number of LEAs in which a student group met the criteria, by Dashboard year")


def _svg(chart: Any, label: str) -> Markup:
    """Draw, and give the drawing one name in place of the many inside it."""
    import vl_convert

    drawn = vl_convert.vegalite_to_svg(chart.configure(font="sans-serif").configure_view(stroke=None).to_dict())
    inside = re.sub(r' (?:aria-[a-z]+|role|class)="[^"]*"', "", drawn[drawn.index(">") + 1 :])
    width, height = re.findall(r'(?:width|height)="(\d+)"', drawn)[:2]
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' role="img" aria-label="{escape(label)}">'
    )
    return Markup(opening + inside)  # noqa: S704 - Vega escapes the texts that it draws
