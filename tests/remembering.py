"""Steps that take what an earlier run of the session decided, where it had the same inputs: for tests that publish the
same files again and again.
"""

import hashlib
import shutil
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from flows.steps import STEPS, Step
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
            run.save_fact("remembered_as", _digest(run))
        kept = self.folder / str(run.fact("remembered_as"))
        if step.name == DECIDING[0] and kept.exists():
            shutil.copytree(kept, run.folder, dirs_exist_ok=True)
        known = run.fact(RESULTS) if run.has_fact(RESULTS) else {}
        if step.name in known:
            return StepResult(**known[step.name])
        result = step.function(run)
        run.save_fact(RESULTS, {**known, step.name: asdict(result)})
        if step.name == DECIDING[-1]:
            shutil.copytree(run.folder, kept)
        return result


def _digest(run: Run) -> str:
    """Of what the steps before left (snapshots with their paths, the digest of inputs and code), the day, and what the
    current release had.
    """
    current = run.settings.out / "current"
    read = [*sorted(run.folder.glob("*.json")), current / "manifest.json", current / "evidence.parquet"]
    found = hashlib.sha256(f"{run.settings.as_of} {run.settings.reference}".encode())
    for path in read:
        found.update(path.name.encode() + (path.read_bytes() if path.is_file() else b"none"))
    return found.hexdigest()
