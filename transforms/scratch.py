"""Scratch folder of a run: kept when the run dies, so that the next one for the same inputs goes on from the stages
that are done.

build/runs/<source, out and day>/.lock   held while a run is at work
                                 fresh-*  what this run has found out so far
                                 kept     inputs known: database, facts, and marks.json with the stages that are done
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from transforms import clock
from transforms.dashboard.parts import PARTS
from transforms.errors import ReleaseError
from transforms.files import sha256_of, write_atomically
from transforms.folders import SCRATCH_NAME
from transforms.locks import only_one
from transforms.run import Run, StepResult
from transforms.settings import Settings

STALE_AFTER = 3 * 86400  # seconds; what died and was not continued by then never will be
ENGINES = ("duckdb", "pyarrow", "pandas", "great-expectations", "python-calamine")
MARKS = "marks.json"


@contextmanager
def claim(settings: Settings) -> Iterator["Scratch"]:
    """The scratch folder for these settings, ours alone. Raises ReleaseError when another run holds it."""
    runs = settings.build / "runs"
    name = hashlib.sha256(
        f"{settings.source}\n{settings.out}\n{settings.reference}\n{settings.as_of}".encode()
    ).hexdigest()[:16]
    place = runs / name
    with only_one(place / ".lock", f"Another run is at work in {place}. Wait until it has finished."):
        _sweep(runs, place)
        for leftover in place.glob("fresh-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        yield Scratch(Run(settings, Path(tempfile.mkdtemp(prefix="fresh-", dir=place))), place)


class Scratch:
    """A run with marks of the stages that are done."""

    def __init__(self, run: Run, place: Path) -> None:
        """``place`` is the folder of all attempts at this run."""
        self.run, self.place = run, place
        self.resumed = False
        self._done: dict[str, StepResult] = {}
        self._key = ""

    def inputs_are(self, digest: str) -> None:
        """Go on in the kept folder if it holds stages made from these inputs by the same engines; else begin one."""
        engines = [f"{name} {version(name)}" for name in ENGINES]
        is_latest = self.run.settings.as_of >= clock.today()
        self._key = hashlib.sha256("\n".join([digest, str(is_latest), *engines]).encode()).hexdigest()
        kept = self.place / "kept"
        self._done = _marks_of(kept, self._key)
        self.resumed = bool(self._done)
        if self.resumed:
            for fact in self.run.folder.glob("*.json"):
                os.replace(fact, kept / fact.name)
            shutil.rmtree(self.run.folder)
        else:
            self._drop_kept()
            os.rename(self.run.folder, kept)
        self.run.folder = kept

    def result_of(self, stage: str) -> StepResult | None:
        """What a stage did before the run died; None if it has to be done."""
        return self._done.get(stage)

    def mark(self, stage: str, result: StepResult) -> None:
        """Remember that a stage is done. Before the inputs are known there is nothing to go on from."""
        if self._key:
            self._done[stage] = result
            marks = {"key": self._key, "done": {name: asdict(r) for name, r in self._done.items()}}
            write_atomically(self.run.folder / MARKS, json.dumps(marks, indent=1).encode())

    def discard(self) -> None:
        """Remove everything: the run has ended, or going on from here would not help."""
        self._drop_kept()
        shutil.rmtree(self.place, ignore_errors=True)

    def _drop_kept(self) -> None:
        """Remove in one step what could be gone on from: never a part of it."""
        kept, doomed = self.place / "kept", self.place / "fresh-dropped"
        shutil.rmtree(doomed, ignore_errors=True)
        with suppress(FileNotFoundError):
            os.rename(kept, doomed)
        shutil.rmtree(doomed, ignore_errors=True)


def _marks_of(kept: Path, key: str) -> dict[str, StepResult]:
    """Stages done for ``key`` whose results are all still there, byte for byte; none if one file of them is not."""
    try:
        marks = json.loads((kept / MARKS).read_text("utf-8"))
        if marks["key"] != key:
            return {}
        done = {name: StepResult(**r) for name, r in marks["done"].items()}
        reports = json.loads((kept / "raw.json").read_text("utf-8"))
        if not _as_written(reports):
            return {}
        if done.keys() - {"raw"} and not (kept / "build.duckdb").exists():
            return {}
        with duckdb.connect(
            str(kept / "build.duckdb")
        ) as connection:  # recovers what was under way; raises if the file is torn
            connection.execute("select count(*) from duckdb_tables()").fetchall()
            parts = (
                connection.execute(f"select path, sha256 from {PARTS}").fetchall() if "core" in done else []
            )  # views of the database read them
        records = [json.loads(Path(path).with_suffix(".json").read_text("utf-8")) for path, _ in parts]
        if [r["written"]["path"] for r in records] != [sha256 for _, sha256 in parts] or not _as_written(records):
            return {}
    except (OSError, ValueError, KeyError, TypeError, duckdb.Error):
        return {}
    return done


def _as_written(records: list[dict[str, Any]]) -> bool:
    """True if every file that these records list is still there, byte for byte. Raises OSError where one is gone."""
    return all(sha256_of(Path(r[part])) == sha256 for r in records for part, sha256 in r["written"].items())


def _sweep(runs: Path, ours: Path) -> None:
    """Remove scratch folders that died long ago.

    A clock that jumped makes nothing immortal: age counts in both directions.
    """
    for folder in runs.iterdir():
        if folder == ours or not SCRATCH_NAME.fullmatch(folder.name) or folder.is_symlink() or not folder.is_dir():
            continue
        if abs(time.time() - folder.stat().st_mtime) < STALE_AFTER:
            continue
        with suppress(ReleaseError), only_one(folder / ".lock", "at work"):
            shutil.rmtree(folder, ignore_errors=True)
