"""The store of snapshots: each distinct content once, under its SHA-256, with a record; and which content of a source
is accepted.
"""

import os
from pathlib import Path
from typing import TypeVar

from transforms import clock
from transforms.config.toml_model import StrictModel
from transforms.errors import ConfigError
from transforms.files import same_bytes, sha256_of, temporary_file, write_atomically
from transforms.run import Snapshot
from transforms.sources.catalog import Source


class Record(StrictModel):
    """Where the bytes of one snapshot came from."""

    source_id: str
    file: str
    sha256: str
    size: int
    origin: str  # folder, inbox, or the address that was read
    status: int | None = None  # of the HTTP answer
    first_seen: str  # day in California
    taken_at: str = ""  # moment of first_seen, UTC
    previous_sha256: str | None = None


class Accepted(StrictModel):
    """The content of a source that is in use until a better one is accepted, and how the last check ended."""

    sha256: str
    accepted_at: str
    origin: str
    checked_at: str
    outcome: str = "accepted"  # accepted, unchanged or failed
    message: str = ""
    answered_at: str = ""  # when the publisher last gave an answer, including "unchanged"
    etag: str = ""
    last_modified: str = ""


class Store:
    """Snapshots of all sources below one folder."""

    def __init__(self, folder: Path) -> None:
        """Use ``folder``, which is created when something is stored."""
        self.folder = folder

    def keep(
        self,
        content: Path,
        source: Source,
        file: str,
        origin: str,
        status: int | None = None,
        previous: str | None = None,
    ) -> Snapshot:
        """Move the temporary file ``content`` into the store, unless it already has the same bytes. Raises OSError."""
        sha256, size = sha256_of(content), content.stat().st_size
        target = self.path_of(source, sha256)
        if not target.exists() or sha256_of(target) != sha256:
            target.parent.mkdir(parents=True, exist_ok=True)
            content.chmod(0o444)
            os.replace(content, target)
        content.unlink(missing_ok=True)
        record = self.record_of(source, sha256)
        if record is None:
            moment = clock.now()
            record = Record(
                source_id=source.id, file=file, sha256=sha256, size=size, origin=origin, status=status,
                first_seen=clock.day_of(moment).isoformat(), taken_at=moment.isoformat(timespec="seconds"),
                previous_sha256=previous,
            )  # fmt: skip
            write_atomically(target.with_suffix(".json"), record.model_dump_json(indent=1).encode())
        return Snapshot(source.id, file, str(target), sha256, size, record.first_seen)

    def temporary(self, source: Source) -> Path:
        """Return a new file in the source's folder, to fill and then keep."""
        return temporary_file(self.folder / source.id / source.file)

    def has_size(self, source: Source, size: int) -> bool:
        """Return True if a stored content has this size, so that it may be the same."""
        return any(
            p.stat().st_size == size for p in (self.folder / source.id).glob(f"*{Path(source.file).suffix.lower()}")
        )

    def path_of(self, source: Source, sha256: str) -> Path:
        """Return the path at which content with this hash is, or would be, stored."""
        return self.folder / source.id / f"{sha256}{Path(source.file).suffix.lower()}"

    def record_of(self, source: Source, sha256: str) -> Record | None:
        """Return the record of a snapshot."""
        path = self.path_of(source, sha256).with_suffix(".json")
        return _read(path, Record)

    def snapshot(self, source: Source, sha256: str, like: Path | None = None) -> Snapshot | None:
        """Return stored content for the stages; None if it is missing or no longer matches its hash.

        ``like``: a file with this hash; the stored one is compared with it instead of hashed.
        """
        record, path = self.record_of(source, sha256), self.path_of(source, sha256)
        if record is None or not path.exists() or path.stat().st_size != record.size:
            return None
        if not (same_bytes(like, path) if like else sha256_of(path) == sha256):
            return None
        return Snapshot(source.id, record.file, str(path), sha256, record.size, record.first_seen)

    def accepted(self, source: Source) -> Accepted | None:
        """Return what is in use for this source; None before anything was accepted."""
        return _read(self.folder / source.id / "accepted.json", Accepted)

    def serving(self, source: Source) -> Snapshot | None:
        """Return the accepted content for the stages, if it is stored whole."""
        accepted = self.accepted(source)
        return self.snapshot(source, accepted.sha256) if accepted else None

    def accept(self, source: Source, accepted: Accepted) -> None:
        """Record what is in use."""
        write_atomically(self.folder / source.id / "accepted.json", accepted.model_dump_json(indent=1).encode())


Model = TypeVar("Model", bound=StrictModel)


def _read(path: Path, model: type[Model]) -> Model | None:
    """Read a record of the store; None if there is none.

    Raises ConfigError if it is not readable: nobody may guess which content is in use.
    """
    try:
        return model.model_validate_json(path.read_text("utf-8")) if path.exists() else None
    except ValueError as error:
        raise ConfigError(
            f"{path} is damaged. Restore it from a backup, or delete it and fetch the file again (dta run --source"
            " catalog)."
        ) from error
