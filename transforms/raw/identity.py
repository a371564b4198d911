"""Check by its content that a file is what its name promises: its indicator, its year or its edition.

A chronic absenteeism file can be read as a graduation file, and last year's file as this year's. The verdicts would be
wrong.
"""

import re
from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc
from lxml import html

from transforms.errors import SourceError
from transforms.raw.table import RawTable
from transforms.sources.catalog import Source
from transforms.sources.layouts import LayoutSpec

INDICATOR = "Check which indicator's file this is."
YEAR = "Check which year's file this is."
# Column or field in which each layout gives the year of a row.
YEAR_IN = {
    "dashboard": "reportingyear",
    "local_indicators_by_priority": "year",
    **dict.fromkeys(("assistance", "low_performing", "charter_assistance"), "reporting_year"),
}
PRIORITY_7_FROM = 2018  # the one-file editions of local indicators contain no year; they differ in this


def verify_identity(raw: RawTable, content: bytes, file: str, source: Source, spec: LayoutSpec) -> None:
    """Raise SourceError if the indicator, year or edition is not the one in the name, or if no row is usable."""
    if raw.rows_kept == 0:
        reason = f": {raw.rejects[0].reason}" if raw.rejects else ""
        line = raw.rejects[0].line if raw.rejects else None
        raise SourceError(file, f"no row of the file can be used{reason}", "Check what was downloaded.", line=line)
    _prove_indicator(raw, file, source, spec)
    if source.layout in YEAR_IN:
        _prove_year(raw, file, source)
    if source.layout == "local_indicators":
        _prove_local_edition(raw, file, source)
    if source.layout == "local_indicators_by_priority":
        _prove_priority(raw, file, source)
    if source.layout == "interim_certifications":
        _prove_interim_edition(content, file, source)


def _prove_indicator(raw: RawTable, file: str, source: Source, spec: LayoutSpec) -> None:
    """Check the indicator code, the headings that only other indicators have, and those that only this one has."""
    own = spec.told_by.get(source.indicator or "")
    if own is None:
        return
    codes = {marks.code: indicator for indicator, marks in spec.told_by.items() if marks.code}
    code = commonest(raw.table["indicator"]).upper()
    if code in codes and code != own.code:
        problem = f"its rows are for {code}, not for {own.code}"
        raise SourceError(file, problem, INDICATOR, column="indicator", value=code)
    present = headings_of(spec, raw.missing_columns, raw.extra_columns)
    for indicator, marks in spec.told_by.items():
        if foreign := [h for h in marks.headings if h in present and h not in own.headings]:
            raise SourceError(
                file,
                f"it has the column {foreign[0]}, which only a file of {indicator} has",
                INDICATOR,
                line=1,
                column=foreign[0],
            )
    if not _is_marked(present, source, spec):
        named = ", ".join(own.headings)
        raise SourceError(
            file,
            f"it has none of the columns that identify {source.indicator}: {named}",
            "Check which file this is.",
        )


def commonest(column: pa.ChunkedArray) -> str:
    """Return the most frequent value, without blanks around it; empty if no row has one."""
    counts: Counter[str] = Counter()
    for found in pc.value_counts(column).to_pylist():
        counts[(found["values"] or "").strip()] += found["counts"]
    return max(counts.keys() - {""}, key=lambda v: counts[v], default="")


def _is_marked(present: set[str], source: Source, spec: LayoutSpec) -> bool:
    """Return False if a file lacks every heading that only its indicator has, although files of its year have one."""
    own = spec.told_by[source.indicator or ""]
    return not own.headings or source.dashboard_year in own.unmarked or bool(present & set(own.headings))


def headings_of(spec: LayoutSpec, missing: list[str], extra: list[str]) -> set[str]:
    """Return the columns of the file: by our names if we read them, else as the file has them, in lower case."""
    return {c for c in spec.columns if c not in missing} | {h.lower() for h in extra}


def _values(raw: RawTable, name: str) -> pa.ChunkedArray:
    """Return a column, or the values of a field if the file is stored cell by cell."""
    return (
        raw.table[name]
        if "field" not in raw.table.column_names
        else raw.table.filter(pc.equal(raw.table["field"], name))["value"]
    )


def _prove_year(raw: RawTable, file: str, source: Source) -> None:
    year = commonest(_values(raw, YEAR_IN[source.layout])).lower()
    if year and year not in (source.reporting_year, str(source.dashboard_year)):
        raise SourceError(file, f"its rows are for {year}, not for {source.reporting_year}", YEAR, value=year)


def _prove_local_edition(raw: RawTable, file: str, source: Source) -> None:
    has_priority_7 = pc.any(
        pc.match_substring_regex(pc.unique(_values(raw, "localindicator")).cast(pa.string()), r"Priority Area 7\b")
    ).as_py()
    if has_priority_7 != ((source.dashboard_year or 0) >= PRIORITY_7_FROM):
        problem = (
            "it lists priority 7, which began in 2018"
            if has_priority_7
            else "it lacks priority 7, which every file since 2018 lists"
        )
        raise SourceError(file, f"{problem}: it is not for {source.dashboard_year}", YEAR)


def _prove_priority(raw: RawTable, file: str, source: Source) -> None:
    priority = commonest(_values(raw, "priority"))
    if priority and priority != str(source.priority):
        raise SourceError(
            file,
            f"its rows are for priority {priority}, not for {source.priority}",
            "Check which priority's file this is.",
            value=priority,
        )


def _prove_interim_edition(content: bytes, file: str, source: Source) -> None:
    """Check the fiscal year and period that a saved page names; an edition is written as '2024-25 first'."""
    year, _, period = source.edition.partition(" ")
    text = " ".join(html.fromstring(content, parser=html.HTMLParser(no_network=True)).text_content().split())
    years = {
        f"{first}-{second}" for first, second in re.findall(r"(20\d\d)\s*[-\u2010-\u2015/]\s*(?:20)?(\d\d)\b", text)
    }
    periods = {p.lower() for p in re.findall(r"\b(first|second)\s+interim", text, re.IGNORECASE)}
    if years and year not in years:
        raise SourceError(
            file, f"the page is for {', '.join(sorted(years))}, not for {year}", "Check which page was saved."
        )
    if periods and period not in periods:
        raise SourceError(
            file,
            f"the page is for the {' and '.join(sorted(periods))} interim report, not for the {period}",
            "Check which page was saved.",
        )
