"""Take the files of a folder that are named as CDE names them, or nearly so.

A file that cannot be used is recorded, and the run goes on.
"""

import shutil
import time
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from transforms.errors import ConfigError, SourceError, SourceFilesError
from transforms.files import A_FOLDER, sha256_of, why_not_regular
from transforms.interrupt import stop_if_signaled
from transforms.raw.stage import read_snapshot
from transforms.run import Run, Snapshot, StepResult
from transforms.sources.catalog import Source
from transforms.sources.file_names import is_ignored, recognize, refusal_of_name, unrecognized_file
from transforms.sources.store import Store
from transforms.sources.unused import (
    Found,
    UnusedFile,
    earlier_edition,
    latest_editions,
    none_usable,
    record_unused,
    unused_note,
)
from transforms.wording.sentences import plural


def from_folder(run: Run) -> StepResult:
    """Copy the known files of the source folder into the snapshot store, and record those that cannot be used.

    Raises SourceFilesError if no file can be used, ConfigError if there is no folder.
    """
    folder = run.settings.source_folder
    if not folder.is_dir():
        raise ConfigError(
            f"source {run.settings.source!r} is neither 'sample' nor 'catalog' nor a folder. Give --source a folder of"
            " files named as CDE names them."
        )
    files, refused, unused = sort_files(run, folder)
    seen = len(files) + len(refused) + len(unused)
    files, others = latest_editions(files)
    unused += others
    store = Store(run.settings.snapshots)
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(lambda f: _copy_or_error(store, f, run.settings.largest_file), files))
    refused += [(source, o) for (_, source, _), o in zip(files, outcomes, strict=True) if isinstance(o, SourceError)]
    taken = [o for o in outcomes if isinstance(o, Snapshot)]
    taken, twins = without_duplicates(run, taken)
    refused += twins
    unused += [_unused(run, source, error, taken) for source, error in refused]
    record_unused(run, "snapshot", unused)
    if not taken:
        raise SourceFilesError(none_usable(unused, folder))
    taken += _earlier(run, [source for source, _ in refused], taken)
    run.save_snapshots(taken)
    return StepResult(seen, len(taken), f"{plural(len(taken), 'file')}{unused_note(unused)}")


Refused = list[tuple[Source, SourceError]]


def sort_files(run: Run, folder: Path) -> tuple[list[Found], Refused, list[UnusedFile]]:
    """Sort the content of a source folder or inbox.

    Returns files whose names mean a source, files not to be read whatever their content, and all others with what to
    do.
    """
    known = run.catalog.by_file_name()
    files: list[Found] = []
    refused: Refused = []
    unused: list[UnusedFile] = []
    for path in sorted(p for p in folder.iterdir() if not is_ignored(p)):
        (source, right), kind = recognize(path.name, known), why_not_regular(path, folder)
        if source is not None:
            if error := (
                SourceError(path.name, kind, "Replace it with the file itself.")
                if kind
                else refusal_of_name(path.name, right)
            ):
                refused.append((source, error))
            else:
                files.append((path, source, right))
        elif kind == A_FOLDER:
            if _holds_known_files(path, known):
                unused.append(
                    UnusedFile(
                        f"{path.name}/",
                        "this is a folder that contains files of the catalog",
                        "Move them next to the others.",
                    )
                )
        elif kind:
            unused.append(UnusedFile(path.name, kind, "Remove it, or replace it with the file itself."))
        else:
            unused.append(unrecognized_file(run, path))
    return files, refused, unused


def _holds_known_files(folder: Path, known: Mapping[str, Source]) -> bool:
    try:
        return any(recognize(p.name, known)[0] for p in folder.iterdir())
    except OSError:  # it cannot be listed
        return False


def without_duplicates(run: Run, taken: list[Snapshot]) -> tuple[list[Snapshot], Refused]:
    """Keep one file per source, and no bytes under the names of two sources.

    If only one of several files proves to be what its name says, it is used; otherwise none is. The same bytes twice
    for one source are one file.
    """
    known = run.catalog.by_file_name()
    once: dict[tuple[str, str], Snapshot] = {}
    for s in sorted(taken, key=lambda s: s.file.lower() not in known):  # a name of the catalog first
        once.setdefault((s.source_id, s.sha256), s)
    refused = [
        (
            run.sources[s.source_id],
            SourceError(s.file, f"it has the same bytes as {first.file}", "Delete it: it is a copy."),
        )
        for s in taken
        if (first := once[s.source_id, s.sha256]) is not s
    ]
    by_source, by_bytes = defaultdict(list), defaultdict(list)
    for s in once.values():
        by_source[s.source_id].append(s)
        by_bytes[s.sha256].append(s)
    doubtful = [(group, "source") for group in by_source.values() if len(group) > 1]
    doubtful += [(group, "bytes") for group in by_bytes.values() if len(group) > 1]
    dropped: set[Snapshot] = set()
    for group, kind in doubtful:
        errors = {s: _error_of(run, s) for s in group if s not in dropped}
        sound = [s for s, error in errors.items() if error is None]
        for s, error in errors.items():
            if sound != [s]:
                others = ", ".join(o.file for o in group if o is not s)
                dropped.add(s)
                refused.append((run.sources[s.source_id], error or _duplicate_error(s, others, kind)))
    return [s for s in taken if once.get((s.source_id, s.sha256)) is s and s not in dropped], refused


def _duplicate_error(snapshot: Snapshot, others: str, kind: str) -> SourceError:
    if kind == "bytes":
        return SourceError(
            snapshot.file, f"it has the same bytes as {others}", "Check which of the two it is, and delete the other."
        )
    return SourceError(
        snapshot.file,
        f"{others} is for the same source, but they differ",
        "Keep the right one, and delete the other.",
    )


def _error_of(run: Run, snapshot: Snapshot) -> SourceError | None:
    """Return why a file is not what its name says; None if it is."""
    try:
        read_snapshot(run, snapshot)
    except SourceError as error:
        return error
    return None


def _unused(run: Run, source: Source, error: SourceError, taken: list[Snapshot]) -> UnusedFile:
    """Return the refused file, with the edition that is used instead if it needs one."""
    served = any(s.source_id == source.id for s in taken)
    return UnusedFile.from_error(error, source.id, None if served else earlier_edition(run, source))


def _earlier(run: Run, refused: list[Source], taken: list[Snapshot]) -> list[Snapshot]:
    served = {s.source_id for s in taken}
    missing = {s.id: s for s in refused if s.id not in served}
    return [earlier for s in missing.values() if (earlier := earlier_edition(run, s))]


def _copy_or_error(store: Store, file: Found, largest: int) -> Snapshot | SourceError:
    stop_if_signaled()
    path, source, _ = file
    try:
        return copy_into(store, path, source, largest, "folder")
    except SourceError as error:
        return error


def copy_into(
    store: Store, path: Path, source: Source, largest: int, origin: str, previous: str | None = None
) -> Snapshot:
    """Copy one file into the store, unless it already has the same bytes.

    Raises SourceError for unreadable, empty or huge files.
    """
    try:
        size = path.stat().st_size
        if size == 0:
            raise SourceError(path.name, "the file is empty", "Download it again.")
        if size > largest:
            raise SourceError(
                path.name,
                f"the file has {size:,} bytes; more than {largest:,} is refused",
                "Check what was downloaded.",
            )
        kept = _existing_snapshot(store, path, source, size)
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
        raise SourceError(
            path.name, f"cannot be read: {error.strerror}", "Check the file and its permissions."
        ) from error


def _existing_snapshot(store: Store, path: Path, source: Source, size: int) -> Snapshot | None:
    """Return the snapshot that already has these bytes, so that nothing is copied.

    Returns None if the file changed in the meantime; the copy handles it.
    """
    if not store.has_size(source, size):
        return None
    before = state_of(path)
    sha256 = sha256_of(path)
    kept = store.snapshot(source, sha256, like=path)
    return None if kept is None or state_of(path) != before else replace(kept, file=path.name)


QUIET = 0.5  # seconds


def _copy_quiet(path: Path, target: Path) -> None:
    """Copy a file that nobody is writing to. Raises SourceError if it keeps changing.

    Half an old and half a new file, or the first part of a file, could pass for a whole one.
    """
    for _ in range(5):
        before = state_of(path)
        if abs(time.time() - path.stat().st_mtime) < QUIET:  # just written: is it still being written?
            time.sleep(QUIET)
        if state_of(path) == before:
            shutil.copyfile(path, target)
            if state_of(path) == before:
                return
    raise SourceError(path.name, "the file is changing while it is read", "Wait until it is written, then run again.")


def state_of(path: Path) -> tuple[int, int, int]:
    """Return what differs if a file was written in the meantime."""
    seen = path.stat()
    return seen.st_mtime_ns, seen.st_size, seen.st_ino
