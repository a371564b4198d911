"""One run: its settings, its scratch folder, and what the stages leave there for each other.

A run that is killed leaves its folder behind; the next one begins anew, and removes it.

build/runs/<releases>/.lock   held while a run is at work
                      run-*   database and facts of the run
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from transforms import clock
from transforms.database import connect, prepared
from transforms.errors import ReleaseError, UsageError
from transforms.folders import SCRATCH_NAME
from transforms.locks import only_one
from transforms.rules.load import load_rules
from transforms.rules.model import Rules, RuleSet
from transforms.settings import Settings
from transforms.sources.catalog import Catalog, Source, load_catalog
from transforms.sources.layouts import Layouts, load_layouts


@dataclass(frozen=True)
class Snapshot:
    """One accepted file: where its bytes are kept, and their hash."""

    source_id: str
    file: str
    path: str
    sha256: str
    size: int
    first_seen: str


Notify = Callable[[str, int, int | None], None]
TABLES = "build.duckdb"
FEW_ROWS = 1_000_000  # of all files that were read: their tables take a few hundred megabytes of memory
_in_memory: dict[Path, duckdb.DuckDBPyConnection] = {}  # tables of runs, by the scratch folder of each


def _say_nothing(words: str, done: int, total: int | None) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class StepResult:
    """What a stage did. ``finished`` ends the run early because there is nothing more to do."""

    rows_in: int
    rows_out: int
    message: str
    finished: bool = False


class Run:
    """Settings and scratch folder of one run. Stages pass paths and names, never frames."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        """Use an existing scratch folder."""
        self.settings, self.folder = settings, folder
        self.notify: Notify = _say_nothing  # long stages tell what they are at: words, done, total

    @classmethod
    def start(cls, settings: Settings) -> "Run":
        """Begin a run in a fresh scratch folder."""
        runs = settings.build / "runs"
        runs.mkdir(parents=True, exist_ok=True)
        return cls(settings, Path(tempfile.mkdtemp(prefix="run-", dir=runs)))

    def finish(self) -> None:
        """Remove the scratch folder and the tables, which stay in memory until the last connection is closed."""
        _in_memory.pop(self.folder, None)
        shutil.rmtree(self.folder, ignore_errors=True)

    @cached_property
    def catalog(self) -> Catalog:
        """Known sources."""
        return load_catalog(self.settings.reference)

    @cached_property
    def layouts(self) -> Layouts:
        """Known layouts."""
        return load_layouts(self.settings.reference)

    @cached_property
    def rules(self) -> Rules:
        """The rules that this run applies. Raises UsageError for a day before the first determination of Direct
        Technical Assistance was in force, or in a future of which they know nothing.
        """
        rules, as_of = load_rules(self.settings.reference), self.settings.as_of
        first = min((r.in_force_from for r in rules.years if r.continuum), default=date.max)
        if as_of < first:
            raise UsageError(
                f"No determination of Direct Technical Assistance was in force on {as_of}: the first is in force from"
                f" {first} on. Name a later day."
            )
        newest = max(r.dashboard_year for r in rules.years)
        last = max(clock.today(), date(newest + 1, 12, 31))  # the Dashboard after it is out by then
        if as_of > last:
            raise UsageError(
                f"{as_of} lies in the future, and the rules end with the Dashboard of {newest}: nothing can be known as"
                f" of that day. Name a day until {last}."
            )
        return rules

    @property
    def rules_by_year(self) -> dict[int, RuleSet]:
        """Rule sets by Dashboard year."""
        return {r.dashboard_year: r for r in self.rules.years}

    @property
    def sources(self) -> dict[str, Source]:
        """Catalog entries by id."""
        return {s.id: s for s in self.catalog.source}

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A connection to the run's tables.

        Few rows stay in memory, which takes a third less processor time than a file does. Many are compressed in a
        file, so that memory stays bounded.
        """
        path = self.folder / TABLES
        if self.folder not in _in_memory:
            rows = sum(report["rows_in"] for report in self.fact("raw", []))
            if path.exists() or rows >= FEW_ROWS:
                return self._open(path)
            _in_memory[self.folder] = self._open(":memory:")
        return prepared(_in_memory[self.folder].cursor())

    def keep_tables(self) -> Path:
        """Let the tables be in a file, however few, and return its path. To be asked for before they are made."""
        path = self.folder / TABLES
        self._open(path).close()
        return path

    def _open(self, place: Path | str) -> duckdb.DuckDBPyConnection:
        return connect(place, self.settings.memory_limit, self.folder / "spill")

    def save_snapshots(self, snapshots: list[Snapshot]) -> None:
        """Leave the list of accepted files for the next stages."""
        self._write("snapshots.json", [asdict(s) for s in snapshots])

    def snapshots(self) -> list[Snapshot]:
        """Accepted files of this run."""
        return [Snapshot(**s) for s in self._read("snapshots.json")]

    def raw_reports(self) -> list[dict[str, Any]]:
        """What the raw stage read: one report per file."""
        reports: list[dict[str, Any]] = self._read("raw.json")
        return reports

    def save_fact(self, name: str, value: object) -> None:
        """Leave a small value, such as the fingerprint of the inputs, for the next stages."""
        self._write(f"{name}.json", value)

    def fact(self, name: str, *default: Any) -> Any:
        """A small value that an earlier stage left, or the default where none did."""
        return default[0] if default and not (self.folder / f"{name}.json").exists() else self._read(f"{name}.json")

    def _write(self, name: str, value: object) -> None:
        part = self.folder / f"{name}.part"  # a full disk leaves no half, and a folder that is gone stays gone
        part.write_text(json.dumps(value, default=str), "utf-8")
        os.replace(part, self.folder / name)

    def _read(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text("utf-8"))


STALE_AFTER = 3 * 86400  # seconds; longer than any run


@contextmanager
def claim(settings: Settings) -> Iterator[Run]:
    """A run in a scratch folder that is ours alone. Raises ReleaseError when another run holds it."""
    runs = settings.build / "runs"
    place = runs / hashlib.sha256(str(settings.out).encode()).hexdigest()[:16]
    with only_one(place / ".lock", f"Another run is at work in {place}. Wait until it has finished."):
        _sweep(runs, place)
        for leftover in place.iterdir():
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
        run = Run(settings, Path(tempfile.mkdtemp(prefix="run-", dir=place)))
        try:
            yield run
        finally:
            run.finish()
            shutil.rmtree(place, ignore_errors=True)


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
