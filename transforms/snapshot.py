"""Stage 1: every file that a run reads is copied once under its own hash, with a record of where it came from."""

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from transforms.catalog import Source
from transforms.errors import ConfigError, SourceError, SourceFilesError
from transforms.files import sha256_of, temporary_beside, write_atomically
from transforms.run import Run, Snapshot, StepResult

LARGEST_FILE = 500_000_000  # bytes; CDE's largest Dashboard file is about 40 MB


def take_snapshots(run: Run) -> StepResult:
    """Copy the known files of the source folder into the snapshot store. Raises SourceFilesError for unreadable files, ConfigError without a folder."""
    folder = run.settings.source_folder
    if not folder.is_dir():
        raise ConfigError(f"source {run.settings.source!r} is neither 'sample' nor a folder. Give --source a folder of files named as CDE names them.")
    known = run.catalog.by_file_name()
    taken: list[Snapshot] = []
    errors: list[SourceError] = []
    strangers: list[str] = []
    for path in sorted(folder.iterdir()):
        source = known.get(path.name.lower())
        if source is None or not path.is_file():
            strangers.append(path.name)
            continue
        try:
            taken.append(_keep(path, source, run.settings.snapshots))
        except SourceError as error:
            errors.append(error)
    for source_id in sorted({s.source_id for s in taken if [t.source_id for t in taken].count(s.source_id) > 1}):
        files = ", ".join(s.file for s in taken if s.source_id == source_id)
        errors.append(SourceError(files, f"two files for {source_id}", "Keep one of them."))
    if errors:
        raise SourceFilesError(errors)
    if not taken:
        raise SourceFilesError(
            [SourceError(str(folder), "no file here has a name that the catalog knows", "Name files as CDE does, for example eladownload2024.txt.")]
        )
    run.save_snapshots(taken)
    run.save_fact("strangers", [s for s in strangers if s != "README.md"])
    return StepResult(len(taken) + len(strangers), len(taken), f"{len(taken)} files")


def _keep(path: Path, source: Source, store: Path) -> Snapshot:
    """Copy one file into the store, unless the same bytes are there. Raises SourceError for unreadable, empty or huge files."""
    try:
        size = path.stat().st_size
        if size == 0:
            raise SourceError(path.name, "the file is empty", "Download it again.")
        if size > LARGEST_FILE:
            raise SourceError(path.name, f"the file has {size:,} bytes; more than {LARGEST_FILE:,} is refused", "Check what was downloaded.")
        # Copy first, then hash the copy: a file that changes while it is read cannot be kept under a wrong hash.
        target_folder = store / source.id
        temporary = temporary_beside(target_folder / path.name)
        try:
            shutil.copyfile(path, temporary)
            sha256 = sha256_of(temporary)
            target = target_folder / f"{sha256}{path.suffix.lower()}"
            if not target.exists() or sha256_of(target) != sha256:
                temporary.chmod(0o444)
                os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise SourceError(path.name, f"cannot be read: {error.strerror}", "Check the file and its permissions.") from error
    return Snapshot(source.id, path.name, str(target), sha256, target.stat().st_size, _first_seen(target, source, path))


def _first_seen(target: Path, source: Source, path: Path) -> str:
    """Day on which these bytes were first accepted; the record beside the snapshot says so."""
    record = target.with_suffix(".json")
    if not record.exists():
        facts = {
            "source_id": source.id,
            "file": path.name,
            "sha256": target.stem,
            "size": target.stat().st_size,
            "origin": "folder",
            "published_at": source.url,
            "first_seen": datetime.now(UTC).date().isoformat(),
        }
        write_atomically(record, json.dumps(facts, indent=1).encode())
    return str(json.loads(record.read_text("utf-8"))["first_seen"])
