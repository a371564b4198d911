"""Take the files of a folder that are named as CDE names them. A broken one stops the run."""

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace as dataclass_replace
from pathlib import Path

from transforms.catalog import Source
from transforms.errors import ConfigError, SourceError, SourceFilesError
from transforms.files import odd_kind, sha256_of
from transforms.interrupt import stop_if_asked
from transforms.run import Run, Snapshot, StepResult
from transforms.snapshot.editions import Found, latest_editions
from transforms.snapshot.store import Store
from transforms.snapshot.unused import UnusedFile, earlier_edition, record_unused


def from_folder(run: Run) -> StepResult:
    """Copy the known files of the source folder into the snapshot store. Raises SourceFilesError for unreadable files, ConfigError without a folder."""
    folder = run.settings.source_folder
    if not folder.is_dir():
        raise ConfigError(
            f"source {run.settings.source!r} is neither 'sample' nor 'catalog' nor a folder. Give --source a folder of files named as CDE names them."
        )
    known = run.catalog.by_file_name()
    store = Store(run.settings.snapshots)
    strangers: list[str] = []
    wanted: list[Found] = []
    odd: list[UnusedFile] = []
    for path in sorted(folder.iterdir()):
        source = known.get(path.name.lower())
        if source is None:
            strangers.append(path.name)
        elif kind := odd_kind(path, folder):
            odd.append(UnusedFile(path.name, kind, "Put the file itself in its place.", source.id))
        else:
            wanted.append((path, source))
    wanted, replaced = latest_editions(wanted)
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(lambda w: _taken_or_error(store, w[0], w[1], run.settings.largest_file), wanted))
    taken = [o for o in outcomes if isinstance(o, Snapshot)]
    errors = [o for o in outcomes if isinstance(o, SourceError)]
    for twin in (t for i, t in enumerate(taken) if t.sha256 in {s.sha256 for s in taken[:i]}):
        first = next(s for s in taken if s.sha256 == twin.sha256)
        errors.append(SourceError(twin.file, f"it has the same bytes as {first.file}", "Check which of the two it is."))
    if errors:
        raise SourceFilesError(errors)
    have = {s.source_id for s in taken}
    for position, file in enumerate(odd):
        earlier = earlier_edition(run, run.sources[file.source_id]) if file.source_id not in have else None
        if earlier is not None:
            taken.append(earlier)
            odd[position] = dataclass_replace(file, earlier_sha256=earlier.sha256)
    if not taken:
        raise SourceFilesError(
            [SourceError(str(folder), "no file here has a name that the catalog knows", "Name files as CDE does, for example eladownload2024.txt.")]
        )
    record_unused(run, "snapshot", [*odd, *replaced])
    run.save_snapshots(taken)
    run.save_fact("strangers", [s for s in strangers if s != "README.md"])
    return StepResult(len(taken) + len(strangers), len(taken), f"{len(taken)} files")


def _taken_or_error(store: Store, path: Path, source: Source, largest: int) -> Snapshot | SourceError:
    stop_if_asked()
    try:
        return copy_into(store, path, source, largest, "folder")
    except SourceError as error:
        return error


def copy_into(store: Store, path: Path, source: Source, largest: int, origin: str, previous: str | None = None) -> Snapshot:
    """Copy one file into the store, unless the same bytes are there. Raises SourceError for unreadable, empty or huge files."""
    try:
        size = path.stat().st_size
        if size == 0:
            raise SourceError(path.name, "the file is empty", "Download it again.")
        if size > largest:
            raise SourceError(path.name, f"the file has {size:,} bytes; more than {largest:,} is refused", "Check what was downloaded.")
        kept = _kept_before(store, path, source, size)
        if kept is not None:
            return kept
        # Copy first, then hash the copy: a file that changes while it is read cannot be kept under a wrong hash.
        temporary = store.temporary(source)
        try:
            _copy_quiet(path, temporary)
            return store.keep(temporary, source, path.name, origin, previous=previous)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise SourceError(path.name, f"cannot be read: {error.strerror}", "Check the file and its permissions.") from error


def _kept_before(store: Store, path: Path, source: Source, size: int) -> Snapshot | None:
    """The snapshot that already holds these bytes: nothing is copied then. A file that changed meanwhile is left to the copy."""
    if not store.has_size(source, size):
        return None
    before = state_of(path)
    sha256 = sha256_of(path)
    kept = store.snapshot(source, sha256, like=path)
    return None if kept is None or state_of(path) != before else dataclass_replace(kept, file=path.name)


QUIET = 0.5  # seconds


def _copy_quiet(path: Path, target: Path) -> None:
    """Copy a file that nobody writes: half an old and half a new file, or the first part of one, could pass for a whole one. Raises SourceError."""
    for _ in range(5):
        before = state_of(path)
        if abs(time.time() - path.stat().st_mtime) < QUIET:  # just written: is it still?
            time.sleep(QUIET)
        if state_of(path) == before:
            shutil.copyfile(path, target)
            if state_of(path) == before:
                return
    raise SourceError(path.name, "the file changes while it is read", "Wait until it is written, then run again.")


def state_of(path: Path) -> tuple[int, int, int]:
    """By what a file that was written meanwhile differs."""
    seen = path.stat()
    return seen.st_mtime_ns, seen.st_size, seen.st_ino
