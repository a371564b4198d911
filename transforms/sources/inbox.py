"""One check of all sources of the catalog, with what it accepts and refuses. This module also contains its first step:
files in the inbox whose content matches their name are accepted and leave the inbox.
"""

from dataclasses import dataclass, field
from pathlib import Path

from transforms import clock
from transforms.errors import SourceError
from transforms.raw.stage import read_snapshot
from transforms.run import Run, Snapshot
from transforms.sources.catalog import Source
from transforms.sources.file_names import recognize
from transforms.sources.folder import copy_into, sort_files, state_of, without_duplicates
from transforms.sources.store import Accepted, Store
from transforms.sources.unused import Found, UnusedFile, latest_editions, replaced


@dataclass
class SourceCheck:
    """One check of all sources, by download or from the inbox, with its findings for the record."""

    run: Run
    store: Store
    fresh: int = 0
    unchanged: int = 0
    unused: list[UnusedFile] = field(default_factory=list)

    def refuse(self, source: Source, error: SourceError) -> None:
        """Record a file that came but is not used; the accepted one, if any, stays in use."""
        self.unused.append(UnusedFile.from_error(error, source.id, self.store.serving(source)))

    def accept(self, source: Source, snapshot: Snapshot, origin: str, etag: str = "", last_modified: str = "") -> None:
        """Use ``snapshot`` from now on."""
        moment, earlier = clock.stamp(), self.store.accepted(source)
        answered = (earlier.answered_at if earlier else "") if origin == "inbox" else moment
        validators = {"etag": etag, "last_modified": last_modified}
        self.store.accept(
            source,
            Accepted(
                sha256=snapshot.sha256,
                accepted_at=moment,
                origin=origin,
                checked_at=moment,
                answered_at=answered,
                **validators,
            ),
        )
        self.fresh += 1

    def record_check(
        self, source: Source, accepted: Accepted, outcome: str, message: str = "", **validators: str
    ) -> None:
        """Record how a check ended after which ``accepted`` stays in use: unchanged or failed."""
        moment = clock.stamp()
        answered = {"answered_at": moment} if outcome == "unchanged" else {}
        update = {"checked_at": moment, "outcome": outcome, "message": message, **answered, **validators}
        self.store.accept(source, accepted.model_copy(update=update))
        self.unchanged += outcome == "unchanged"

    def refuse_bytes_of_other_file(self, source: Source, sha256: str) -> None:
        """Raise SourceError if the same bytes are in use as another file of the catalog.

        One of the two then has the wrong name.
        """
        for other in self.run.catalog.source:
            accepted = self.store.accepted(other)
            if other.id != source.id and accepted and accepted.sha256 == sha256:
                raise SourceError(
                    source.file, f"it has the same bytes as {other.file}", "Check which of the two it is."
                )


Problem = dict[str, str]


def take_inbox(check: SourceCheck) -> list[Problem]:
    """Accept files from the inbox, matched by name and confirmed by content. An accepted file leaves the inbox."""
    came: list[Snapshot] = []
    before: dict[str, tuple[int, int, int]] = {}
    for path, source, right in _sort_inbox(check):
        earlier = check.store.accepted(source)
        if later := _later_edition(check, source, right, earlier):
            check.unused.append(replaced(path.name, right, source, later))
            continue
        before[path.name] = state_of(path)
        try:
            came.append(
                copy_into(
                    check.store,
                    path,
                    source,
                    check.run.settings.largest_file,
                    "inbox",
                    earlier.sha256 if earlier else None,
                )
            )
        except SourceError as error:
            check.refuse(source, error)
    single, twins = without_duplicates(check.run, came)
    for source, why in twins:
        check.refuse(source, why)
    inbox = check.run.settings.inbox
    return [
        problem
        for snapshot in single
        for problem in _accept_carried_in(check, snapshot, inbox / snapshot.file, before[snapshot.file])
    ]


def _accept_carried_in(
    check: SourceCheck, snapshot: Snapshot, path: Path, before: tuple[int, int, int]
) -> list[Problem]:
    source = check.run.sources[snapshot.source_id]
    earlier = check.store.accepted(source)
    try:
        check.refuse_bytes_of_other_file(source, snapshot.sha256)
        read_snapshot(check.run, snapshot)
    except SourceError as error:
        check.refuse(source, error)
        return []
    if earlier is None or earlier.sha256 != snapshot.sha256:
        # The validators stay those of the publisher's last answer: if that is unchanged, this file stays in use.
        check.accept(source, snapshot, "inbox", *((earlier.etag, earlier.last_modified) if earlier else ("", "")))
    return _remove_taken(path, before, source)


def _sort_inbox(check: SourceCheck) -> list[Found]:
    """Return the files to take; record the others with what to do about them."""
    inbox = check.run.settings.inbox
    if not inbox.is_dir():
        return []
    files, refused, unused = sort_files(check.run, inbox)
    for source, error in refused:
        check.refuse(source, error)
    latest, others = latest_editions(files)
    check.unused += unused + others
    return latest


def _remove_taken(path: Path, before: tuple[int, int, int], source: Source) -> list[Problem]:
    """Remove a file whose bytes are stored, unless another one has replaced it in the meantime."""
    try:
        if state_of(path) == before:
            path.unlink()
    except FileNotFoundError:  # another run has taken it too
        return []
    except OSError as error:
        return [
            {
                "source_id": source.id,
                "file": path.name,
                "message": f"taken, but it cannot be removed from the inbox: {error.strerror}",
            }
        ]
    return []


def _later_edition(check: SourceCheck, source: Source, name: str, accepted: Accepted | None) -> str:
    """Return the name of the accepted file if CDE replaced ``name`` with it, else an empty text."""
    record = check.store.record_of(source, accepted.sha256) if accepted and source.is_earlier_edition(name) else None
    if record is None:
        return ""
    known, right = recognize(record.file, check.run.catalog.by_file_name())  # its name may be inexact
    return record.file if known is source and source.rank(right) < source.rank(name) else ""
