"""What the release before had, for the one that is being made: its verdicts, and its rows of student groups. Such a row
that is gone from the same year's file tonight is unknown, not absent.
"""

from pathlib import Path

import duckdb

from transforms.database import parquet
from transforms.errors import ReleaseError
from transforms.files import sha256_of
from transforms.release.current import current_release, read_manifest
from transforms.release.verify import damage_of
from transforms.run import Run

FILE = "evidence.parquet"
KEY = "cds, dashboard_year, student_group, indicator"


def sound_release(out: Path) -> Path | None:
    """The current release, unless a file of it is not as the manifest lists it."""
    release = current_release(out)
    return None if release is None or damage_of(release) else release


def load_evidence_before(run: Run, connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``evidence_before``: keys of the rows that the current release had, or already said are gone.

    Empty without a sound one.
    """
    connection.execute(
        "create or replace table evidence_before (cds varchar, dashboard_year smallint, student_group varchar,"
        " indicator varchar)"
    )
    path = sound_file(run)
    if path:
        had = "finding in ('result', 'no_result') or unknown_because = say_row_of_release()"
        connection.execute(f"insert into evidence_before select {KEY} from {parquet(path)} where {had}")


def sound_file(run: Run) -> str | None:
    """The table in the current release, if its bytes are those of the manifest."""
    try:
        release = current_release(run.settings.out)
        if release is None:
            return None
        listed = {f["file"]: f["sha256"] for f in read_manifest(release)["files"]}
        path = release / FILE
        return str(path) if FILE in listed and sha256_of(path) == listed[FILE] else None
    except (ReleaseError, OSError, KeyError, TypeError):
        return None


def load_previous(connection: duckdb.DuckDBPyConnection, release: Path | None) -> None:
    """previous_release and previous_eligibility: the verdicts of the current release; empty before the first one."""
    connection.execute("create or replace table previous_release (release_id varchar)")
    connection.execute("create or replace table previous_eligibility as select * from eligibility limit 0")
    if release is None:
        return
    connection.execute("insert into previous_release values (?)", [release.name])
    connection.execute(
        "create or replace table previous_eligibility as select cds, lea_name, determination_year, pathway, status,"
        f" student_groups from {parquet(release / 'eligibility.parquet')}"
    )
