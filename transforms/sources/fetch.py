"""Take each file of the catalog from its publisher, or from the inbox.

If a file cannot be downloaded or trusted, the accepted snapshot stays in use.
"""

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from transforms import clock
from transforms.errors import SourceError, SourceFilesError
from transforms.files import sha256_of
from transforms.raw.stage import read_snapshot
from transforms.run import Run, Snapshot, StepResult
from transforms.sources.catalog import Source
from transforms.sources.download import Downloader, GiveUpError
from transforms.sources.inbox import SourceCheck, take_inbox
from transforms.sources.store import Accepted, Store
from transforms.sources.unused import UnusedFile, earlier_edition, none_usable, record_unused, unused_note
from transforms.wording.sentences import plural


def from_catalog(run: Run) -> StepResult:
    """Request every file of the catalog and use the accepted ones. Raises SourceFilesError if there is none."""
    check = SourceCheck(run, Store(run.settings.snapshots))
    problems = take_inbox(check)
    downloadable = [s for s in run.catalog.source if s.url]
    never_had: dict[str, str] = {}
    with closing(Downloader(run.settings)) as downloader:
        for position, source in enumerate(downloadable, 1):
            message = _fetch_source(check, downloader, source, f"{source.file} ({position} of {len(downloadable)})")
            if message:
                never_had[source.id] = message
                accepted = check.store.accepted(source)
                if accepted or not source.due:  # nobody knows yet under which name CDE will publish a file that is due
                    problems.append(
                        {
                            "source_id": source.id,
                            "file": source.file,
                            "message": message,
                            "accepted_at": accepted.accepted_at if accepted else "",
                        }
                    )
    taken = [s for source in run.catalog.source if (s := check.store.serving(source))]
    taken += _replace_damaged(check, {s.source_id for s in taken})
    run.save_fact("freshness", _freshness(check.store, run, never_had))
    run.save_fact("source_problems", problems)
    record_unused(run, "snapshot", check.unused)
    if not taken:
        found = [SourceError(p["file"], p["message"], "Try again, or put the file into the inbox.") for p in problems]
        errors = [*(none_usable(check.unused, run.settings.inbox) if check.unused else []), *found]
        raise SourceFilesError(
            errors or [SourceError("catalog.toml", "no source has an address", "Put files into the inbox.")]
        )
    run.save_snapshots(taken)
    words = f"{plural(len(taken), 'file')}: {check.fresh} new, {check.unchanged} unchanged"
    run.save_fact("overdue", _overdue(check, never_had))
    not_refreshed = f", {len(problems)} not refreshed" if problems else ""
    return StepResult(len(run.catalog.source), len(taken), words + not_refreshed + unused_note(check.unused))


def from_store(run: Run) -> StepResult:
    """Use the accepted files as they are. No publisher is asked, and the inbox stays unchanged.

    Raises SourceFilesError if there is none.
    """
    store = Store(run.settings.snapshots)
    taken = [s for source in run.catalog.source if (s := store.serving(source))]
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
    return StepResult(len(run.catalog.source), len(taken), f"{plural(len(taken), 'file')}, as accepted before")


def _replace_damaged(check: SourceCheck, serving: set[str]) -> list[Snapshot]:
    """Return editions of the current release that replace damaged files, and record the damage.

    These are accepted files whose stored copy is lost or damaged and could not be downloaded again. Raises
    SourceFilesError if such an edition is missing: a fault of our own disk must not turn decided verdicts into
    undetermined ones.
    """
    instead: list[Snapshot] = []
    lost: list[SourceError] = []
    for source in check.run.catalog.source:
        accepted = check.store.accepted(source)
        if source.id in serving or accepted is None:
            continue
        earlier = earlier_edition(check.run, source, accepted.sha256)
        problem = "the stored copy is missing or no longer matches its hash"
        error = SourceError(source.file, problem, "Put the file into the inbox and run again.")
        check.unused.append(UnusedFile.from_error(error, source.id, earlier))
        if earlier is None:
            lost.append(error)
        else:
            instead.append(earlier)
    if lost:
        record_unused(check.run, "snapshot", check.unused)
        raise SourceFilesError(lost)
    return instead


def _fetch_source(check: SourceCheck, downloader: Downloader, source: Source, label: str) -> str:
    """Ask the publisher for one file. Returns what went wrong, in words, or an empty text."""
    store, earlier = check.store, check.store.accepted(source)
    serving = earlier if earlier and store.snapshot(source, earlier.sha256) else None
    part = store.temporary(source)
    check.run.notify(label, 0, None)
    try:
        validators = (serving.etag, serving.last_modified) if serving else ("", "")
        hosts = check.run.catalog.hosts_of(source)
        answer = downloader.fetch(
            source.url, hosts, part, *validators, progress=lambda done, total: check.run.notify(label, done, total)
        )
        if answer.changed:
            _judge(check, source, part, serving, answer.url, (answer.etag, answer.last_modified))
        elif serving is None:
            raise GiveUpError("the server answered 304 to a first request")
        else:
            check.record_check(source, serving, "unchanged")
    except (GiveUpError, SourceError, OSError) as error:
        message = (
            f"{error.problem}{f' (line {error.line})' if error.line else ''}"
            if isinstance(error, SourceError)
            else str(error)
        )
        if isinstance(error, SourceError):
            check.refuse(source, error)
        if serving:
            check.record_check(source, serving, "failed", message)
        return message
    finally:
        part.unlink(missing_ok=True)
    return ""


def _judge(
    check: SourceCheck, source: Source, part: Path, serving: Accepted | None, url: str, validators: tuple[str, str]
) -> None:
    """Accept a download if it is new and its content matches its name. Raises SourceError if it does not."""
    size = part.stat().st_size
    if size == 0:
        raise SourceError(source.file, "the server sent an empty file", "Try again later.")
    if serving and sha256_of(part) == serving.sha256:
        check.record_check(source, serving, "unchanged", etag=validators[0], last_modified=validators[1])
        return
    snapshot = check.store.keep(part, source, source.file, url, 200, serving.sha256 if serving else None)
    check.refuse_bytes_of_other_file(source, snapshot.sha256)
    read_snapshot(check.run, snapshot)
    check.accept(source, snapshot, url, *validators)


def _overdue(check: SourceCheck, failed: dict[str, str]) -> list[str]:
    """Return the files for which no publisher has answered for longer than the settings allow."""
    late = []
    for source in check.run.catalog.source:
        if source.id not in failed:
            continue
        accepted = check.store.accepted(source)
        if accepted is None:
            late += [] if source.may_be_missing or source.due else [source.file]
        elif not accepted.answered_at or clock.now() - datetime.fromisoformat(accepted.answered_at) > timedelta(
            days=check.run.settings.stale_days
        ):
            late.append(source.file)
    return late


def _freshness(store: Store, run: Run, never_had: dict[str, str]) -> list[dict[str, str | None]]:
    """Return one row per source of the catalog: when its file was accepted, and how the last check ended."""
    rows: list[dict[str, str | None]] = []
    for source in run.catalog.source:
        a = store.accepted(source)
        rows.append(
            {
                "source_id": source.id,
                **{name: getattr(a, name, None) for name in ("origin", "accepted_at", "checked_at")},
                "check_outcome": a.outcome if a else "failed" if source.id in never_had else None,
                "check_message": (a.message or None) if a else never_had.get(source.id),
            }
        )
    return rows
