"""Prove by its content that a file is what its name promises: it reads as its layout, and its rows are of its year."""

import duckdb

from transforms.catalog import Source
from transforms.errors import SourceError
from transforms.raw.stage import read_snapshot
from transforms.run import Run, Snapshot

# Where each layout says which year a row is of.
YEAR_OF = {
    "dashboard": "select reportingyear as year from read_parquet(?)",
    "local_indicators_by_priority": "select value as year from read_parquet(?) where field = 'year'",
    "assistance": "select value as year from read_parquet(?) where field = 'reporting_year'",
    "charter_assistance": "select value as year from read_parquet(?) where field = 'reporting_year'",
}


def prove(run: Run, snapshot: Snapshot, source: Source) -> None:
    """Read the file as its layout. Raises SourceError when it is something else, or of another year."""
    report = read_snapshot(run, snapshot)
    if report["rows_kept"] == 0:
        raise SourceError(snapshot.file, "no row of the file can be used", "Check what was downloaded.")
    if source.layout not in YEAR_OF:
        return
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select lower(trim(year)), count(*) from ({YEAR_OF[source.layout]}) where trim(year) <> '' group by 1 order by 2 desc", [report["parquet"]]
        ).fetchall()
    years = [str(year) for year, _ in rows]
    if years and years[0] not in (source.reporting_year, str(source.dashboard_year)):
        raise SourceError(snapshot.file, f"its rows are of {years[0]}, not of {source.reporting_year}", "Check which year's file this is.", value=years[0])
