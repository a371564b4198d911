"""Prove by its content that a file is what its name promises: its layout, its year, its indicator or edition."""

import re
from pathlib import Path

import duckdb
from lxml import html

from transforms.catalog import Source
from transforms.database import parquet
from transforms.errors import SourceError
from transforms.raw.identity import headings_of, is_marked
from transforms.raw.stage import read_snapshot
from transforms.raw.table import Report
from transforms.run import Run, Snapshot

# Where each layout says which year a row is of: column, and condition on rows.
YEAR_OF = {
    "dashboard": ("reportingyear", "true"),
    "local_indicators_by_priority": ("value", "field = 'year'"),
    "assistance": ("value", "field = 'reporting_year'"),
    "low_performing": ("value", "field = 'reporting_year'"),
    "charter_assistance": ("value", "field = 'reporting_year'"),
}
PRIORITY_7_FROM = 2018  # the one-file editions of local indicators print no year; they differ in this


def prove(run: Run, snapshot: Snapshot, source: Source) -> None:
    """Read the file as its layout. Raises SourceError when it is something else, or of another year."""
    report = read_snapshot(run, snapshot)
    if report["rows_kept"] == 0:
        raise SourceError(snapshot.file, "no row of the file can be used", "Check what was downloaded.")
    spec = run.layouts.of(source)
    if not is_marked(headings_of(spec, report["missing_columns"], report["extra_columns"]), source, spec):
        named = ", ".join(spec.told_by[source.indicator or ""].headings)
        raise SourceError(snapshot.file, f"it has none of the columns by which a file of {source.indicator} is told: {named}", "Check which file this is.")
    if source.layout in YEAR_OF:
        _prove_year(snapshot, source, report)
    if source.layout == "local_indicators":
        _prove_local_edition(snapshot, source, report)
    if source.layout == "interim_certifications":
        _prove_interim_edition(snapshot, source)


def _prove_year(snapshot: Snapshot, source: Source, report: Report) -> None:
    column, condition = YEAR_OF[source.layout]
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select lower(trim({column})), count(*) from {parquet(report['parquet'])} where {condition} and trim({column}) <> '' group by 1 order by 2 desc"
        ).fetchall()
    years = [str(year) for year, _ in rows]
    if years and years[0] not in (source.reporting_year, str(source.dashboard_year)):
        raise SourceError(snapshot.file, f"its rows are of {years[0]}, not of {source.reporting_year}", "Check which year's file this is.", value=years[0])


def _prove_local_edition(snapshot: Snapshot, source: Source, report: Report) -> None:
    with duckdb.connect() as connection:
        query = f"select count(*) > 0 from {parquet(report['parquet'])} where regexp_matches(localindicator, 'Priority Area 7\\b')"
        ((has_priority_7,),) = connection.execute(query).fetchall()
    if has_priority_7 != ((source.dashboard_year or 0) >= PRIORITY_7_FROM):
        said = "it lists priority 7, which began in 2018" if has_priority_7 else "it lacks priority 7, which every file since 2018 lists"
        raise SourceError(snapshot.file, f"{said}: it is not of {source.dashboard_year}", "Check which year's file this is.")


def _prove_interim_edition(snapshot: Snapshot, source: Source) -> None:
    """A saved page names its fiscal year and period; an edition is written as '2024-25 first'."""
    year, _, period = source.edition.partition(" ")
    text = " ".join(html.fromstring(Path(snapshot.path).read_bytes(), parser=html.HTMLParser(no_network=True)).text_content().split())
    years = {f"{first}-{second}" for first, second in re.findall(r"(20\d\d)\s*[-\u2010-\u2015/]\s*(?:20)?(\d\d)\b", text)}
    periods = {p.lower() for p in re.findall(r"\b(first|second)\s+interim", text, re.IGNORECASE)}
    if years and year not in years:
        raise SourceError(snapshot.file, f"the page is of {', '.join(sorted(years))}, not of {year}", "Check which page was saved.")
    if periods and period not in periods:
        raise SourceError(
            snapshot.file, f"the page is of the {' and '.join(sorted(periods))} interim report, not of the {period}", "Check which page was saved."
        )
