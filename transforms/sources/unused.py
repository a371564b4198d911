"""Files that were found but not used: which, why, what to do, and which edition is used instead."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from transforms.control_characters import on_one_line
from transforms.errors import ReleaseError, SourceError
from transforms.release.current import current_release, source_hashes

if TYPE_CHECKING:  # quick commands read the records of files, and start no run
    from transforms.run import Run, Snapshot
    from transforms.sources.catalog import Source

STAGES = ("snapshot", "raw", "core")
Found = tuple[Path, "Source", str]  # a file, its source, and its name in the catalog


@dataclass(frozen=True)
class UnusedFile:
    """One file that was found but not used. ``source_id`` is empty if the catalog has no file of its name."""

    file: str
    reason: str
    what_to_do: str
    source_id: str = ""
    line: int | None = None
    column: str = ""
    value: str = ""
    earlier_sha256: str = ""  # the edition of the current release that is used instead

    def __post_init__(self) -> None:
        """Show control characters as codes, on one line: names and values come from outside."""
        for name in ("file", "reason", "what_to_do", "column", "value"):
            object.__setattr__(self, name, on_one_line(getattr(self, name)))

    @classmethod
    def from_error(cls, error: SourceError, source_id: str = "", earlier: "Snapshot | None" = None) -> "UnusedFile":
        """Return the file that an error is about."""
        used = earlier.sha256 if earlier else ""
        return cls(error.file, error.problem, error.advice, source_id, error.line, error.column, error.value, used)


def record_unused(run: "Run", stage: str, files: Iterable[UnusedFile]) -> None:
    """Save the files that a stage did not use; a stage that runs again replaces its own list."""
    run.save_fact(f"unused_{stage}", [asdict(f) for f in files])


def unused_files(run: "Run", *stages: str) -> list[UnusedFile]:
    """Return the files that this run did not use, in all stages or in these."""
    return [UnusedFile(**f) for stage in stages or STAGES for f in run.fact(f"unused_{stage}", [])]


def earlier_edition(run: "Run", source: "Source", refused_sha256: str = "") -> "Snapshot | None":
    """Return the edition of a source that the current release used.

    Returns None if its bytes are no longer stored, or if they are the refused ones.
    """
    from transforms.sources.store import Store

    release = current_release(run.settings.out)
    try:
        used = source_hashes(release)
    except ReleaseError:  # the release is damaged, and this run rebuilds it
        return None
    sha256 = used.get(source.id)
    return Store(run.settings.snapshots).snapshot(source, sha256) if sha256 and sha256 != refused_sha256 else None


def unused_note(unused: Iterable[UnusedFile]) -> str:
    """Return the text that a step adds to its numbers: how many files are not used, and which."""
    names = [f.file for f in unused]
    return f"; {len(names)} not used: {', '.join(names)}" if names else ""


def none_usable(unused: Iterable[UnusedFile], folder: Path) -> list[SourceError]:
    """Return why no file of a run can be used, file by file."""
    errors = [SourceError(f.file, f.reason, f.what_to_do, line=f.line, column=f.column, value=f.value) for f in unused]
    advice = "Name files as CDE does, for example eladownload2024.txt."
    return errors or [SourceError(str(folder), "no file here has a name from the catalog", advice)]


def latest_editions(found: Sequence[Found]) -> tuple[list[Found], list[UnusedFile]]:
    """Return the files that no other edition of their source replaces, by the order of the catalog, and the others."""
    latest: dict[str, Found] = {}
    for one in found:
        _, source, name = one
        known = latest.get(source.id)
        if known is None or source.rank(name) < source.rank(known[2]):
            latest[source.id] = one
    used = [(p, s, name) for p, s, name in found if s.rank(name) == s.rank(latest[s.id][2])]
    return used, [
        replaced(p.name, name, s, latest[s.id][0].name)
        for p, s, name in found
        if s.rank(name) != s.rank(latest[s.id][2])
    ]


def replaced(file: str, name: str, source: "Source", by: str) -> UnusedFile:
    """Return a file that is not used because of another one. ``name``: its name in the catalog."""
    reason = (
        "it is an earlier edition, which CDE has replaced by"
        if source.is_earlier_edition(name)
        else "it is another copy of the file, and this one is used:"
    )
    return UnusedFile(file, f"{reason} {by}", f"Remove it; or remove {by}, if {file} is the one to use.", source.id)
