"""Read the previous release: its verdicts, its rows of student groups, and whether a run would add anything new.

If a row of a student group is missing from tonight's edition of a file, its result is unknown, not absent.
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from transforms.database import parquet
from transforms.errors import ReleaseError
from transforms.files import sha256_of, write_atomically
from transforms.release.current import current_release, read_manifest
from transforms.release.digests import crosses_dated_fact
from transforms.release.verify import damage_of
from transforms.run import Run
from transforms.sources.unused import unused_files

FILE = "evidence.parquet"
KEY = "cds, dashboard_year, student_group, indicator"


def sound_release(out: Path) -> Path | None:
    """Return the current release, unless one of its files differs from the manifest."""
    release = current_release(out)
    return None if release is None or damage_of(release) else release


def load_evidence_before(run: Run, connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``evidence_before``: keys of the rows that the current release had, or already reported as missing.

    The table is empty without an undamaged current release.
    """
    connection.execute(
        "create or replace table evidence_before (cds varchar, dashboard_year smallint, student_group varchar,"
        " indicator varchar)"
    )
    path = sound_file(run)
    if path:
        had = "finding in ('result', 'no_result') or unknown_because = note_row_of_release()"
        connection.execute(f"insert into evidence_before select {KEY} from {parquet(path)} where {had}")


def sound_file(run: Run) -> str | None:
    """Return the file of the table in the current release, if its bytes match the manifest."""
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
    """Create previous_release and previous_eligibility: verdicts of the current release; empty if there is none."""
    connection.execute("create or replace table previous_release (release_id varchar)")
    connection.execute("create or replace table previous_eligibility as select * from eligibility limit 0")
    if release is None:
        return
    connection.execute("insert into previous_release values (?)", [release.name])
    connection.execute(
        "create or replace table previous_eligibility as select cds, lea_name, determination_year, pathway, status,"
        f" student_groups from {parquet(release / 'eligibility.parquet')}"
    )


SAME_RESULT_FILE = "same.json"
UNUSED_FILES = (
    "select u.file, u.source_id, s.sha256 from meta_unused_files u left join meta_sources s using (source_id)"
)


def is_unchanged(out: Path, inputs: str, as_of: date) -> bool:
    """Return True if the current release is complete, results from these inputs, and still applies on ``as_of``.

    It applies if no dated fact lies between its own day and ``as_of``.
    """
    release = current_release(out)
    if release is None:
        return False
    try:
        known = any(_still_applies(run, inputs, as_of) for run in _runs(out, release))
        return known and not damage_of(release)  # hashing all of its files comes last
    except (ReleaseError, KeyError, TypeError, ValueError):
        return False


def has_stale_unused_files(run: Run) -> bool:
    """Return True if the current release has outdated information about unused files.

    This is so if such a file is again the edition that was used in its place, or a file that the catalog does not know
    is gone.
    """
    release = current_release(run.settings.out)
    if release is None:
        return False
    try:
        with duckdb.connect(str(release / "dta.duckdb"), read_only=True) as connection:
            named = connection.execute(UNUSED_FILES).fetchall()
    except duckdb.Error:  # a release of an earlier version, or a damaged one
        return False
    unused, taken = {u.file for u in unused_files(run)}, {s.source_id: s.sha256 for s in run.snapshots()}
    return any(
        file not in unused and (source_id is None or taken.get(source_id) == served)
        for file, source_id, served in named
    )


def record_same_result(out: Path, release: Path, inputs: str, as_of: date, dated_facts: list[str]) -> None:
    """Record inputs that gave the content of the current release, so that the next nights end early."""
    same = {"release_id": release.name, "inputs_digest": inputs, "as_of": as_of.isoformat(), "dated_facts": dated_facts}
    write_atomically(out / SAME_RESULT_FILE, json.dumps(same, indent=1).encode())


def _runs(out: Path, release: Path) -> Iterator[dict[str, Any]]:
    """Yield the run that made the release, and the last run with the same result."""
    yield read_manifest(release)
    try:
        same = json.loads((out / SAME_RESULT_FILE).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return
    if isinstance(same, dict) and same.get("release_id") == release.name:
        yield same


def _still_applies(run: dict[str, Any], inputs: str, as_of: date) -> bool:
    return bool(run["inputs_digest"] == inputs) and not crosses_dated_fact(
        run["dated_facts"], date.fromisoformat(run["as_of"]), as_of
    )
