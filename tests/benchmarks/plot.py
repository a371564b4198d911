"""A plot of how time and memory grow."""

from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd


def growth_plot(grown: list[dict[str, Any]], determinations: list[dict[str, Any]], target: Path) -> None:
    """Plot seconds and peak memory of a full rebuild against bytes read, and of the determinations alone against rows.

    Both axes are logarithmic.
    """
    rebuilds = pd.DataFrame(
        [
            {"million_bytes": g["bytes"] / 1e6, "seconds": g["seconds"], "GB": g["peak_gb"], "scale": g["scale"]}
            for g in grown
        ]
    )
    alone = pd.DataFrame(
        [{"million_rows": d["rows"] / 1e6, "seconds": d["seconds"], "GB": d["peak_gb"]} for d in determinations]
    )
    charts = [
        _line(rebuilds, "million_bytes", "seconds", "Full rebuild: seconds by megabytes read"),
        _line(rebuilds, "million_bytes", "GB", "Full rebuild: peak memory, GB"),
        _line(alone, "million_rows", "seconds", "Criteria and determinations alone: seconds by million rows"),
    ]
    alt.hconcat(*charts).configure_axis(grid=True, gridOpacity=0.4).save(target)


def _line(frame: pd.DataFrame, x: str, y: str, title: str) -> alt.Chart:
    scale = alt.Scale(type="log")
    base = alt.Chart(frame, title=title, width=260, height=220)
    return base.mark_line(point=True, color="#0072B2").encode(
        alt.X(f"{x}:Q", scale=scale, title=x.replace("_", " ")), alt.Y(f"{y}:Q", scale=scale, title=y)
    )
