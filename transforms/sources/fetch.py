"""Take each file of the catalog from its publisher or from the inbox.

What cannot be had or trusted leaves the accepted snapshot in place.
"""

from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from transforms import clock
from transforms.errors import SourceError, SourceFilesError
from transforms.files import sha256_of
from transforms.raw.stage import read_snapshot
from transforms.run import Run, Snapshot, StepResult
from transforms.sources.catalog import Source
from transforms.sources.download import Downloader, GiveUpError
from transforms.sources.file_names import recognize
from transforms.sources.folder import copy_into, from_folder, look_into, state_of, without_twins
from transforms.sources.store import Accepted, Store
from transforms.sources.unused import (
    Found,
    UnusedFile,
    earlier_edition,
    in_words,
    latest_editions,
    none_usable,
    record_unused,
    replaced,
)


@dataclass
class Night:
    """One look at all sources: what was seen, in words, for the record."""

    run: Run
    store: Store
    fresh: int = 0
    unchanged: int = 0
    failed: int = 0
    unused: list[UnusedFile] = field(default_factory=list)

    def refuse(self, source: Source, error: SourceError) -> None:
        """Record a file that came and is not used; the accepted one serves, if there is one."""
        self.unused.append(UnusedFile.from_error(error, source.id, _serving(self.store, source)))

    def accept(self, source: Source, snapshot: Snapshot, origin: str, etag: str = "", last_modified: str = "") -> None:
        """Let ``snapshot`` serve from now on."""
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


def take_snapshots(run: Run) -> StepResult:
    """The first step of a run: take its files from a folder, or from their publishers.

    Raises SourceFilesError, ConfigError.
    """
    return from_catalog(run) if run.settings.source == "catalog" else from_folder(run)


def from_catalog(run: Run) -> StepResult:
    """Ask for every file of the catalog; the accepted ones serve. Raises SourceFilesError when there is none at all."""
    night = Night(run, Store(run.settings.snapshots))
    problems = _take_inbox(night)
    asked = [s for s in run.catalog.source if s.url]
    never_had: dict[str, str] = {}
    with closing(Downloader(run.settings)) as downloader:
        for position, source in enumerate(asked, 1):
            message = _ask(night, downloader, source, f"{source.file} ({position} of {len(asked)})")
            if message:
                never_had[source.id] = message
                accepted = night.store.accepted(source)
                if accepted or not source.due:  # nobody knows yet under which name CDE will publish what is due
                    problems.append(
                        {
                            "source_id": source.id,
                            "file": source.file,
                            "message": message,
                            "accepted_at": accepted.accepted_at if accepted else "",
                        }
                    )
    taken = [s for source in run.catalog.source if (s := _serving(night.store, source))]
    taken += _in_place_of_damaged(night, {s.source_id for s in taken})
    run.save_fact("freshness", _freshness(night.store, run, never_had))
    run.save_fact("source_problems", problems)
    record_unused(run, "snapshot", night.unused)
    if not taken:
        found = [SourceError(p["file"], p["message"], "Try again, or put the file into the inbox.") for p in problems]
        errors = [*(none_usable(night.unused, run.settings.inbox) if night.unused else []), *found]
        raise SourceFilesError(
            errors or [SourceError("catalog.toml", "no source has an address", "Put files into the inbox.")]
        )
    run.save_snapshots(taken)
    words = f"{len(taken)} files: {night.fresh} new, {night.unchanged} unchanged"
    run.save_fact("overdue", _overdue(night, never_had))
    not_refreshed = f", {len(problems)} not refreshed" if problems else ""
    return StepResult(len(run.catalog.source), len(taken), words + not_refreshed + in_words(night.unused))


def from_store(run: Run) -> StepResult:
    """Take the accepted files as they are: nobody is asked, and the inbox stays as it is.

    Raises SourceFilesError when there is none.
    """
    store = Store(run.settings.snapshots)
    taken = [s for source in run.catalog.source if (s := _serving(store, source))]
    if not taken:
        raise SourceFilesError(
            [
                SourceError(
                    "catalog.toml",
                    "no file of the catalog has been accepted yet",
                    "Fetch them first: dta run --source catalog",
                )
            ]
        )
    run.save_fact("freshness", _freshness(store, run, {}))
    run.save_snapshots(taken)
    return StepResult(len(run.catalog.source), len(taken), f"{len(taken)} files, as accepted before")


def _in_place_of_damaged(night: Night, serving: set[str]) -> list[Snapshot]:
    """Editions of the current release for accepted files whose stored copy is lost or damaged and could not be had
    anew; the damage is recorded.

    Raises SourceFilesError where there is none: this is a fault of our own disk, and must not make what was decided
    undetermined.
    """
    instead: list[Snapshot] = []
    lost: list[SourceError] = []
    for source in night.run.catalog.source:
        accepted = night.store.accepted(source)
        if source.id in serving or accepted is None:
            continue
        earlier = earlier_edition(night.run, source, accepted.sha256)
        problem = "the stored copy is lost or no longer has the hash it was kept under"
        error = SourceError(source.file, problem, "Put the file into the inbox and run again.")
        night.unused.append(UnusedFile.from_error(error, source.id, earlier))
        if earlier is None:
            lost.append(error)
        else:
            instead.append(earlier)
    if lost:
        record_unused(night.run, "snapshot", night.unused)
        raise SourceFilesError(lost)
    return instead


def _ask(night: Night, downloader: Downloader, source: Source, label: str) -> str:
    """Ask the publisher for one file. Returns what went wrong, in words, or nothing."""
    store, earlier = night.store, night.store.accepted(source)
    serving = earlier if earlier and store.snapshot(source, earlier.sha256) else None
    part = store.temporary(source)
    night.run.notify(label, 0, None)
    try:
        validators = (serving.etag, serving.last_modified) if serving else ("", "")
        hosts = night.run.catalog.hosts_of(source)
        answer = downloader.fetch(
            source.url, hosts, part, *validators, progress=lambda done, total: night.run.notify(label, done, total)
        )
        if answer.changed:
            _judge(night, source, part, serving, answer.url, (answer.etag, answer.last_modified))
        elif serving is None:
            raise GiveUpError("the server answered 304 to a first request")
        else:
            store.accept(
                source,
                serving.model_copy(
                    update={
                        "checked_at": clock.stamp(),
                        "answered_at": clock.stamp(),
                        "outcome": "unchanged",
                        "message": "",
                    }
                ),
            )
            night.unchanged += 1
    except (GiveUpError, SourceError, OSError) as error:
        message = (
            f"{error.problem}{f' (line {error.line})' if error.line else ''}"
            if isinstance(error, SourceError)
            else str(error)
        )
        night.failed += 1
        if isinstance(error, SourceError):
            night.refuse(source, error)
        if serving:
            store.accept(
                source,
                serving.model_copy(update={"checked_at": clock.stamp(), "outcome": "failed", "message": message}),
            )
        return message
    finally:
        part.unlink(missing_ok=True)
    return ""


def _judge(
    night: Night, source: Source, part: Path, serving: Accepted | None, url: str, validators: tuple[str, str]
) -> None:
    """Accept what came if it is new and proves to be what its name promises. Raises SourceError if it does not."""
    size = part.stat().st_size
    if size == 0:
        raise SourceError(source.file, "the server sent an empty file", "Try again later.")
    if serving and sha256_of(part) == serving.sha256:
        etag, last_modified = validators
        moment = clock.stamp()
        answer = {
            "checked_at": moment,
            "answered_at": moment,
            "outcome": "unchanged",
            "message": "",
            "etag": etag,
            "last_modified": last_modified,
        }
        night.store.accept(source, serving.model_copy(update=answer))
        night.unchanged += 1
        return
    snapshot = night.store.keep(part, source, source.file, url, 200, serving.sha256 if serving else None)
    _refuse_the_bytes_of_another(night, source, snapshot.sha256)
    read_snapshot(night.run, snapshot)
    night.accept(source, snapshot, url, *validators)


def _refuse_the_bytes_of_another(night: Night, source: Source, sha256: str) -> None:
    """Raise SourceError when the very bytes serve as another file of the catalog: one of the two has the wrong name."""
    for other in night.run.catalog.source:
        accepted = night.store.accepted(other)
        if other.id != source.id and accepted and accepted.sha256 == sha256:
            raise SourceError(source.file, f"it has the same bytes as {other.file}", "Check which of the two it is.")


Problem = dict[str, str]


def _take_inbox(night: Night) -> list[Problem]:
    """Accept files that were carried in by hand, matched by name and proved by content; an accepted file leaves the
    inbox.
    """
    came: list[Snapshot] = []
    before: dict[str, tuple[int, int, int]] = {}
    for path, source, right in _look_into_inbox(night):
        earlier = night.store.accepted(source)
        if later := _later_edition(night, source, right, earlier):
            night.unused.append(replaced(path.name, right, source, later))
            continue
        before[path.name] = state_of(path)
        try:
            came.append(
                copy_into(
                    night.store,
                    path,
                    source,
                    night.run.settings.largest_file,
                    "inbox",
                    earlier.sha256 if earlier else None,
                )
            )
        except SourceError as error:
            night.refuse(source, error)
    single, twins = without_twins(night.run, came)
    for source, why in twins:
        night.refuse(source, why)
    inbox = night.run.settings.inbox
    return [
        problem
        for snapshot in single
        for problem in _accept_carried_in(night, snapshot, inbox / snapshot.file, before[snapshot.file])
    ]


def _accept_carried_in(night: Night, snapshot: Snapshot, path: Path, before: tuple[int, int, int]) -> list[Problem]:
    source = night.run.sources[snapshot.source_id]
    earlier = night.store.accepted(source)
    try:
        _refuse_the_bytes_of_another(night, source, snapshot.sha256)
        read_snapshot(night.run, snapshot)
    except SourceError as error:
        night.refuse(source, error)
        return []
    if earlier is None or earlier.sha256 != snapshot.sha256:
        # The validators stay those of the publisher's last answer: unchanged there means that this file goes on
        # serving.
        night.accept(source, snapshot, "inbox", *((earlier.etag, earlier.last_modified) if earlier else ("", "")))
    return _remove_taken(path, before, source)


def _look_into_inbox(night: Night) -> list[Found]:
    """The files to take; the others are recorded with what to do about them."""
    inbox = night.run.settings.inbox
    if not inbox.is_dir():
        return []
    files, refused, unused = look_into(night.run, inbox)
    for source, error in refused:
        night.refuse(source, error)
    latest, others = latest_editions(files)
    night.unused += unused + others
    return latest


def _remove_taken(path: Path, before: tuple[int, int, int], source: Source) -> list[Problem]:
    """Remove a file whose bytes are kept, unless another one was put in its place meanwhile."""
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


def _later_edition(night: Night, source: Source, name: str, accepted: Accepted | None) -> str:
    """Name of the accepted file, if it is one by which CDE has replaced ``name``."""
    record = night.store.record_of(source, accepted.sha256) if accepted and source.is_earlier_edition(name) else None
    if record is None:
        return ""
    known, right = recognize(record.file, night.run.catalog.by_file_name())  # it may have come under a careless name
    return record.file if known is source and source.rank(right) < source.rank(name) else ""


def _serving(store: Store, source: Source) -> Snapshot | None:
    accepted = store.accepted(source)
    return store.snapshot(source, accepted.sha256) if accepted else None


def _overdue(night: Night, failed: dict[str, str]) -> list[str]:
    """Files of which no publisher has given an answer for longer than the settings allow."""
    late = []
    for source in night.run.catalog.source:
        if source.id not in failed:
            continue
        accepted = night.store.accepted(source)
        if accepted is None:
            late += [] if source.may_be_missing or source.due else [source.file]
        elif not accepted.answered_at or clock.now() - datetime.fromisoformat(accepted.answered_at) > timedelta(
            days=night.run.settings.stale_days
        ):
            late.append(source.file)
    return late


def _freshness(store: Store, run: Run, never_had: dict[str, str]) -> list[dict[str, str | None]]:
    """One row per source of the catalog: since when what serves is accepted, and how the last look ended."""
    rows: list[dict[str, str | None]] = []
    for source in run.catalog.source:
        a = store.accepted(source)
        rows.append(
            {
                "source_id": source.id,
                "origin": a.origin if a else None,
                "accepted_at": a.accepted_at if a else None,
                "checked_at": a.checked_at if a else None,
                "answered_at": a.answered_at if a else None,
                "check_outcome": a.outcome if a else ("failed" if source.id in never_had else None),
                "check_message": (a.message or None) if a else never_had.get(source.id),
            }
        )
    return rows
