"""Steps that take what an earlier run of the session decided, where it had the same inputs: for tests that publish the
same files again and again.
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


class Remembering:
    """Keeps the scratch folders of runs that have decided, by a digest of all that they read."""

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
        """Of all that a run reads."""
        return _digest(run, _before(run))


class RememberingTables(Remembering):
    """Keeps the files of tables too, and asks for source files alone: what was current changes a table only where a row
    is missing. For tests in which any release will do.
    """

    def take_part(self, patch: pytest.MonkeyPatch) -> None:
        """From now on runs keep here, and take from here."""
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
    """Of what the steps before left (snapshots, wherever they lie, the digest of inputs and code), of the day, and of
    what was before.
    """
    found = hashlib.sha256(f"{run.settings.as_of} {run.settings.reference} {before}".encode())
    for path in sorted(run.folder.glob("*.json")):
        found.update(path.name.encode() + path.read_bytes().replace(str(run.settings.work).encode(), b""))
    return found.hexdigest()


def _before(run: Run) -> str:
    """The sources of the current release, its database and the evidence that is sound: what a run takes from it."""
    try:
        release = current_release(run.settings.out)
        sources = json.dumps(read_manifest(release)["sources"]) if release else ""
    except ReleaseError:
        sources = "damaged"
    evidence, database = sound_file(run), run.settings.out / "current" / DATABASE
    read = [Path(evidence)] if evidence else []
    return " ".join([sources, *map(sha256_of, read + ([database] if database.is_file() else []))])
