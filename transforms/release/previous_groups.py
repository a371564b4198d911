"""What the current release had of student groups: a row that is gone from the same year's file tonight is unknown, not
absent.
"""

import duckdb

from transforms.database import parquet
from transforms.errors import ReleaseError
from transforms.files import sha256_of
from transforms.release.current import current_release, read_manifest
from transforms.run import Run

FILE = "evidence.parquet"
KEY = "cds, dashboard_year, student_group, indicator"


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
