"""Would another run say anything new? Known from the current release, and from the last run that came to the content of
that release by another way.
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from transforms.errors import ReleaseError
from transforms.files import write_atomically
from transforms.release.current import current_release, read_manifest
from transforms.release.digests import crosses_dated_fact
from transforms.release.verify import damage_of
from transforms.run import Run
from transforms.sources.unused import unused_files

SAME = "same.json"
NAMED = "select u.file, u.source_id, s.sha256 from meta_unused_files u left join meta_sources s using (source_id)"


def is_unchanged(out: Path, inputs: str, as_of: date) -> bool:
    """True if the current release is whole, is what these inputs give, and no dated fact lies between the day of that
    and ``as_of``.
    """
    release = current_release(out)
    if release is None:
        return False
    try:
        known = any(_says_it(run, inputs, as_of) for run in _runs(out, release))
        return known and not damage_of(release)  # hashing all of its files comes last
    except (ReleaseError, KeyError, TypeError, ValueError):
        return False


def names_used_files(run: Run) -> bool:
    """True if what the current release says of files that were not used is old: such a file is the edition that served
    in its place again, or a file that the catalog does not know is gone.
    """
    release = current_release(run.settings.out)
    if release is None:
        return False
    try:
        with duckdb.connect(str(release / "dta.duckdb"), read_only=True) as connection:
            named = connection.execute(NAMED).fetchall()
    except duckdb.Error:  # a release of an earlier version, or a damaged one
        return False
    unused, taken = {u.file for u in unused_files(run)}, {s.source_id: s.sha256 for s in run.snapshots()}
    return any(
        file not in unused and (source_id is None or taken.get(source_id) == served)
        for file, source_id, served in named
    )


def remember_same(out: Path, release: Path, inputs: str, as_of: date, dated_facts: list[str]) -> None:
    """Other inputs gave the content of the current release: keep them, so that the nights after this one end early."""
    same = {"release_id": release.name, "inputs_digest": inputs, "as_of": as_of.isoformat(), "dated_facts": dated_facts}
    write_atomically(out / SAME, json.dumps(same, indent=1).encode())


def _runs(out: Path, release: Path) -> Iterator[dict[str, Any]]:
    """The run that made the release, and the last one that came to the same."""
    yield read_manifest(release)
    try:
        same = json.loads((out / SAME).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return
    if isinstance(same, dict) and same.get("release_id") == release.name:
        yield same


def _says_it(run: dict[str, Any], inputs: str, as_of: date) -> bool:
    return bool(run["inputs_digest"] == inputs) and not crosses_dated_fact(
        run["dated_facts"], date.fromisoformat(run["as_of"]), as_of
    )
