"""Reuse the results of an earlier run of the session with the same inputs, for tests that publish the same files many
times.
"""

import hashlib
import json
import shutil
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.steps import STEPS, Step
from transforms.errors import ReleaseError
from transforms.files import sha256_of
from transforms.release.current import DATABASE, current_release, read_manifest
from transforms.release.previous import sound_file
from transforms.release.publish import _write_tables
from transforms.run import Run, StepResult

DECIDING = ("raw", "core", "criteria", "determinations")
RESULTS = "results"


class RunCache:
    """Keeps the scratch folders of runs after the determinations, by a digest of all their inputs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(
            replace(step, function=partial(self._perform, step)) if step.name in DECIDING else step for step in STEPS
        )

    def _perform(self, step: Step, run: Run) -> StepResult:
        if step.name == DECIDING[0]:
            run.save_fact("remembered_as", self.digest(run))
            run.keep_tables()
        kept = self.folder / str(run.fact("remembered_as"))
        if step.name == DECIDING[0] and kept.exists():
            shutil.copytree(kept, run.folder, dirs_exist_ok=True)
        known = run.fact(RESULTS, {})
        if step.name in known:
            return StepResult(**known[step.name])
        result = step.function(run)
        run.save_fact(RESULTS, {**known, step.name: asdict(result)})
        if step.name == DECIDING[-1]:
            shutil.copytree(run.folder, kept)
        return result

    def digest(self, run: Run) -> str:
        """Return the digest of all inputs of a run."""
        return _digest(run, _before(run))


class TableCache(RunCache):
    """Keeps the files of tables too, and depends on source files only.

    The previous release changes a table only if a row is missing. For tests that work with any release.
    """

    def take_part(self, patch: pytest.MonkeyPatch) -> None:
        """Let later runs store and reuse results here."""
        patch.setattr("flows.runner.STEPS", self.steps)
        patch.setattr("transforms.release.publish._write_tables", self.write_tables)

    def digest(self, run: Run) -> str:
        return _digest(run, "")

    def write_tables(
        self, run: Run, connection: duckdb.DuckDBPyConnection, folder: Path, release_id: str, previous: Path | None
    ) -> Any:
        before = previous.name if previous else "none"
        kept = self.folder / f"{run.fact('remembered_as')}-{release_id}-{before}"
        listed = kept.with_suffix(".json")
        if listed.exists():
            shutil.copytree(kept, folder, dirs_exist_ok=True)
        else:
            listing = json.dumps(_write_tables(run, connection, folder, release_id, previous), default=str)
            shutil.copytree(folder, kept)
            listed.write_text(listing)
        return json.loads(listed.read_text())


def _digest(run: Run, before: str) -> str:
    """Return a digest of the output of earlier steps, the day, and ``before``.

    The output includes snapshots, wherever they are stored, and the digest of inputs and code.
    """
    found = hashlib.sha256(f"{run.settings.as_of} {run.settings.reference} {before}".encode())
    for path in sorted(run.folder.glob("*.json")):
        found.update(path.name.encode() + path.read_bytes().replace(str(run.settings.work).encode(), b""))
    return found.hexdigest()


def _before(run: Run) -> str:
    """Return what a run takes from the current release: sources, database, and undamaged evidence."""
    try:
        release = current_release(run.settings.out)
        sources = json.dumps(read_manifest(release)["sources"]) if release else ""
    except ReleaseError:
        sources = "damaged"
    evidence, database = sound_file(run), run.settings.out / "current" / DATABASE
    read = [Path(evidence)] if evidence else []
    return " ".join([sources, *map(sha256_of, read + ([database] if database.is_file() else []))])
