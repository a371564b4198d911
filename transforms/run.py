"""One run: its settings, its scratch folder, and the files that its stages leave there for each other.

A run that is killed leaves its folder behind. The next run removes it and starts from the beginning.

build/runs/<releases>/.lock   held during a run
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
    """One accepted file: the path of its stored copy, and its hash."""

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


def _noop(words: str, done: int, total: int | None) -> None:
    """Report nothing: the default if nobody watches the run."""


@dataclass(frozen=True)
class StepResult:
    """The result of a stage. ``finished`` ends the run early because there is nothing more to do."""

    rows_in: int
    rows_out: int
    message: str
    finished: bool = False


class Run:
    """Settings and scratch folder of one run. Stages pass paths and names, never frames."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        """Use an existing scratch folder."""
        self.settings, self.folder = settings, folder
        self.notify: Notify = _noop  # long stages report their progress: words, done, total

    @classmethod
    def start(cls, settings: Settings) -> "Run":
        """Start a run in a new scratch folder."""
        runs = settings.build / "runs"
        runs.mkdir(parents=True, exist_ok=True)
        return cls(settings, Path(tempfile.mkdtemp(prefix="run-", dir=runs)))

    def finish(self) -> None:
        """Remove the scratch folder and the tables. Tables in memory stay until the last connection is closed."""
        _in_memory.pop(self.folder, None)
        shutil.rmtree(self.folder, ignore_errors=True)

    @cached_property
    def catalog(self) -> Catalog:
        """The known sources."""
        return load_catalog(self.settings.reference)

    @cached_property
    def layouts(self) -> Layouts:
        """The known layouts."""
        return load_layouts(self.settings.reference)

    @cached_property
    def rules(self) -> Rules:
        """The rules that this run applies.

        Raises UsageError if the day is before the first determination of Direct Technical Assistance was in force, or
        so far in the future that the rules do not cover it.
        """
        rules, as_of = load_rules(self.settings.reference), self.settings.as_of
        first = min((r.in_force_from for r in rules.years if r.continuum), default=date.max)
        if as_of < first:
            raise UsageError(
                f"No determination of Direct Technical Assistance was in force on {as_of}: the first took effect on"
                f" {first}. Name a later day."
            )
        newest = max(r.dashboard_year for r in rules.years)
        last = max(clock.today(), date(newest + 1, 12, 31))  # the next Dashboard is out by then
        if as_of > last:
            raise UsageError(
                f"{as_of} is in the future, and the rules end with the Dashboard of {newest}: nothing can be known as"
                f" of that day. Name a day no later than {last}."
            )
        return rules

    @property
    def rules_by_year(self) -> dict[int, RuleSet]:
        """The rule sets by Dashboard year."""
        return {r.dashboard_year: r for r in self.rules.years}

    @property
    def sources(self) -> dict[str, Source]:
        """The catalog entries by id."""
        return {s.id: s for s in self.catalog.source}

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Return a connection to the run's tables.

        Few rows stay in memory, which takes a third less processor time than a file. Many rows are compressed in a
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
        """Keep the tables in a file, even with few rows, and return its path. Call this before they are made."""
        path = self.folder / TABLES
        self._open(path).close()
        return path

    def _open(self, place: Path | str) -> duckdb.DuckDBPyConnection:
        return connect(place, self.settings.memory_limit, self.folder / "spill")

    def save_snapshots(self, snapshots: list[Snapshot]) -> None:
        """Save the list of accepted files for the next stages."""
        self._write("snapshots.json", [asdict(s) for s in snapshots])

    def snapshots(self) -> list[Snapshot]:
        """Return the accepted files of this run."""
        return [Snapshot(**s) for s in self._read("snapshots.json")]

    def raw_reports(self) -> list[dict[str, Any]]:
        """Return the reports of the raw stage, one per file."""
        reports: list[dict[str, Any]] = self._read("raw.json")
        return reports

    def save_fact(self, name: str, value: object) -> None:
        """Save a small value, such as the fingerprint of the inputs, for the next stages."""
        self._write(f"{name}.json", value)

    def fact(self, name: str, *default: Any) -> Any:
        """Return a small value that an earlier stage saved, or the default if none did."""
        return default[0] if default and not (self.folder / f"{name}.json").exists() else self._read(f"{name}.json")

    def _write(self, name: str, value: object) -> None:
        part = self.folder / f"{name}.part"  # a full disk leaves no half file, and a removed folder stays removed
        part.write_text(json.dumps(value, default=str), "utf-8")
        os.replace(part, self.folder / name)

    def _read(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text("utf-8"))


STALE_AFTER = 3 * 86400  # seconds; longer than any run


@contextmanager
def acquire_scratch(settings: Settings) -> Iterator[Run]:
    """Yield a run in a scratch folder of its own. Raises ReleaseError if another run holds it."""
    runs = settings.build / "runs"
    place = runs / hashlib.sha256(str(settings.out).encode()).hexdigest()[:16]
    with only_one(place / ".lock", f"Another run is using {place}. Wait until it has finished."):
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
    """Remove scratch folders that were abandoned long ago.

    Age counts in both directions, so a clock that jumped keeps no folder forever.
    """
    for folder in runs.iterdir():
        if folder == ours or not SCRATCH_NAME.fullmatch(folder.name) or folder.is_symlink() or not folder.is_dir():
            continue
        if abs(time.time() - folder.stat().st_mtime) < STALE_AFTER:
            continue
        with suppress(ReleaseError), only_one(folder / ".lock", "at work"):
            shutil.rmtree(folder, ignore_errors=True)
