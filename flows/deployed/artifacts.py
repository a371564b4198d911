"""Artifacts of a run in Prefect, for people to look at.

They are summaries under stable keys; the tables themselves are in the release.
"""

from pathlib import Path
from typing import Any

from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

from reports.published import open_release
from transforms.database import records
from transforms.errors import ReleaseError
from transforms.release.current import DATABASE, current_release
from transforms.release.run_records import read_status

MOST_ROWS = 200  # Prefect stores a table of 50,000 rows but does not show it
FRESHNESS = """
    select coalesce(file, title) as file, present, first_seen, strftime(checked_at, '%Y-%m-%d %H:%M UTC') as last_look,
        check_outcome as outcome, check_message as message
    from meta_sources where present or check_outcome = 'failed' order by dashboard_year desc nulls last, 1
"""
GATES = """
    select check_id, table_name, severity, outcome, failing_rows, sentence from meta_gate_results
    order by outcome <> 'passed' desc, severity, 1
"""
CHANGES = """
    select lea_name, cds, determination_year, pathway, status_before, status_after, change from meta_release_changes
    order by change, 1, 2, 3, 4
"""


def write_artifacts(out: Path, summary: str) -> None:
    """Write summary, freshness, gates, changes and the link to the release, even if the run failed."""
    release = current_release(out)
    stages = read_status(out).get("stages", [])
    lines = "\n".join(f"| {s['stage']} | {s['rows_in']:,} | {s['rows_out']:,} | {s['seconds']:.1f} |" for s in stages)
    table = f"\n\n| stage | rows in | rows out | seconds |\n| --- | ---: | ---: | ---: |\n{lines}" if lines else ""
    create_markdown_artifact(f"{summary}\n\nRelease: `{release.name if release else 'none'}`{table}", key="run-summary")
    failed_gates = read_status(out).get("details") or []
    if failed_gates:
        create_table_artifact(
            _cells(failed_gates[:MOST_ROWS]),
            key="gate-results",
            description="Checks that did not pass; nothing was published",
        )
    if release is None:
        return
    create_link_artifact(
        link=(release / DATABASE).as_uri(), link_text=release.name, key="release-link", description=str(release)
    )
    try:
        with open_release(out) as connection:
            _table(
                connection,
                FRESHNESS,
                "source-freshness",
                "Source files, and the result of the last check for a newer one",
            )
            _table(
                connection,
                CHANGES,
                "changes",
                f"Verdicts of release {release.name} that differ from the release before",
            )
            if not failed_gates:
                _table(connection, GATES, "gate-results", f"Checks of release {release.name}")
    except ReleaseError as error:
        create_markdown_artifact(str(error), key="source-freshness")


def _table(connection: Any, query: str, key: str, description: str) -> None:
    rows = records(connection, query)
    more = f"; the first {MOST_ROWS} of {len(rows):,} rows" if len(rows) > MOST_ROWS else f"; {len(rows)} rows"
    create_table_artifact(_cells(rows[:MOST_ROWS]), key=key, description=description + more)


def _cells(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with shortened texts: an artifact is a summary."""
    return [
        {k: v if isinstance(v, int | float | bool) or v is None else str(v)[:500] for k, v in row.items()}
        for row in rows
    ]
