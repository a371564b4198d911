"""The pointers that readers follow: ``current`` and tags.

``current`` changes in one step, is held after a rollback, and is repaired after a crash or damage. A release is kept
while a pointer leads to it, or while it is among the newest.

The caller must own the publisher lock for every function except ``held``.
"""

import json
import os
import re
import shutil
from pathlib import Path

from transforms import clock
from transforms.config.toml_model import StrictModel
from transforms.errors import ReleaseError, UsageError, few_of, quoted
from transforms.files import is_temporary, point_link, sync_folder, write_atomically
from transforms.release.current import DATABASE, current_release, find_release, foreign_pointer, releases, tags
from transforms.release.run_records import reason_of
from transforms.release.verify import damage_of

LEFTOVERS = (".building-", ".pruned-", ".damaged-")  # left in releases/ by a publisher that died
WRITTEN = {
    "": ("current", "latest.json", "hold.json", "status.json", "same.json", "watch.json"),
    "quality": ("index.html", "results.json", "rejects.parquet"),
}


class Hold(StrictModel):
    """A hold after a rollback: nothing is published until a person lifts it."""

    release_id: str
    since: str
    reason: str

    def __str__(self) -> str:
        """Return what is held and how to lift the hold."""
        return (
            f"Held at release {self.release_id} since {self.since[:10]} ({self.reason}): nothing is published. To"
            " publish again: dta rollback --lift"
        )


def current_hold(out: Path) -> Hold | None:
    """Return the hold, if there is one.

    Raises ReleaseError if hold.json cannot be read: it is then unknown what is held, and nothing is published.
    """
    path = out / "hold.json"
    try:
        return Hold.model_validate_json(path.read_text("utf-8")) if path.exists() else None
    except (OSError, ValueError) as error:
        raise ReleaseError(
            f"{path} cannot be read ({_first_line(error)}), so it is not known which release is held. Nothing is"
            " published until it is repaired, or removed with: dta rollback --lift"
        ) from error


def _first_line(error: Exception) -> str:
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else "it is not a record of a hold"


def activate(release: Path, out: Path) -> None:
    """Change ``current``, then latest.json."""
    point_link(out / "current", Path("releases") / release.name)
    _write_latest(release, out)


def _write_latest(release: Path, out: Path) -> None:
    path = f"releases/{release.name}"
    content = json.dumps(
        {"release_id": release.name, "path": path, "database": f"{path}/{DATABASE}"}, indent=1
    ).encode()
    latest = out / "latest.json"
    if not latest.exists() or latest.read_bytes() != content:
        write_atomically(latest, content)


def recover(out: Path) -> str:
    """Repair the state after a crash or damage: remove incomplete folders, and point ``current`` and latest.json to a
    complete release.

    Returns a description of what was wrong with the current release, or an empty text. Raises ReleaseError if something
    that is not ours is at the place of ``current``.
    """
    if foreign := foreign_pointer(out):
        raise ReleaseError(foreign)
    remove_leftovers(out)
    release, pointer = current_release(out), out / "current"
    wrong = ""
    if release is not None and (damage := damage_of(release)):
        wrong = f"Release {release.name} was damaged ({few_of(damage, 1)})."
    elif release is None and pointer.is_symlink():
        wrong = f"The release that current points to, {pointer.readlink().name}, was missing or had no manifest."
    elif release is not None:
        _write_latest(release, out)
        return ""
    sound = next((r for r in reversed(releases(out)) if r != release and not damage_of(r)), None)
    if sound is not None and (wrong or not pointer.is_symlink()):
        activate(sound, out)
        wrong += f" Until a new one is published, current is {sound.name}." if wrong else ""
    return wrong


def remove_leftovers(out: Path) -> None:
    """Remove what a publisher that died left incomplete. Only our own names in our own folders are touched."""
    for leftover in (out / "releases").glob(".*"):
        if leftover.name.startswith(LEFTOVERS) and leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover)
    for folder, names in WRITTEN.items():
        for file in (out / folder).glob(".*"):
            if any(is_temporary(file, name) for name in names) and (file.is_symlink() or file.is_file()):
                file.unlink(missing_ok=True)


def roll_back(out: Path, release_or_tag: str, reason: str) -> Path:
    """Point ``current`` to an earlier release and hold it there.

    Raises UsageError for a blank reason, ReleaseError if the release does not exist or is damaged.
    """
    why = reason_of(reason, "--reason")
    if foreign := foreign_pointer(out):
        raise ReleaseError(foreign)
    release = find_release(out, release_or_tag)
    damage = damage_of(release)
    if damage:
        raise ReleaseError(f"Release {release.name} is damaged ({damage[0]}): current is unchanged.")
    hold = Hold(release_id=release.name, since=clock.stamp(), reason=why)
    # Write the hold first: a crash here stops publishing, which is the safe side.
    write_atomically(out / "hold.json", hold.model_dump_json(indent=1).encode())
    activate(release, out)
    return release


def lift_hold(out: Path) -> Hold:
    """Allow publishing again, even if hold.json is broken. Raises ReleaseError if nothing is held."""
    try:
        hold = current_hold(out)
    except ReleaseError:
        hold = Hold(release_id="", since="", reason="hold.json could not be read")
    if hold is None:
        raise ReleaseError(f"Nothing is held in {out}.")
    (out / "hold.json").unlink()
    return hold


def protected_releases(out: Path) -> set[str]:
    """Return the ids of releases that are never pruned: the current one, a held one, tagged ones."""
    current, hold = current_release(out), current_hold(out)
    return {*tags(out).values(), *([current.name] if current else []), *([hold.release_id] if hold else [])}


RESERVED = {"current", "previous"}  # words that commands use as names of releases
TAG = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}")


def prune(out: Path, keep: int) -> list[str]:
    """Remove the releases that are not needed and not among the newest ``keep``; return their ids."""
    needed = protected_releases(out)
    tagged = set(tags(out).values())
    nightly = [r for r in releases(out) if r.name not in tagged]
    removed = []
    for release in nightly[:-keep]:
        if release.name in needed:
            continue
        pruned = release.with_name(f".pruned-{release.name}")
        os.rename(release, pruned)  # removed in one step, so that no partial release is ever listed
        sync_folder(pruned.parent)
        shutil.rmtree(pruned)
        removed.append(release.name)
    return removed


def add_tag(out: Path, release_or_tag: str, tag: str) -> Path:
    """Keep a release permanently under a name: tags/TAG points to it.

    Raises UsageError for a bad name, ReleaseError for a taken name or a damaged release.
    """
    if tag.lower() in RESERVED:
        raise UsageError(f"{quoted(tag)} cannot be a tag: it always means the {tag.lower()} release. Name another.")
    if not TAG.fullmatch(tag):
        raise UsageError(
            f"{quoted(tag)} cannot be a tag: a letter, then letters, digits, dots, hyphens or underscores, 64 at most."
        )
    release = find_release(out, release_or_tag)
    taken = tags(out).get(tag)
    if taken not in (None, release.name):
        raise ReleaseError(f"The tag {tag} belongs to release {taken}. Remove it first: dta tag --remove {tag}")
    damage = damage_of(release)
    if damage:
        raise ReleaseError(f"Release {release.name} is damaged ({damage[0]}) and is not tagged.")
    point_link(out / "tags" / tag, Path("..") / "releases" / release.name)
    return release


def remove_tag(out: Path, tag: str) -> str:
    """Remove a tag; return the release that it pointed to. Raises ReleaseError if there is no such tag."""
    release = tags(out).get(tag)
    if release is None:
        raise ReleaseError(f"There is no tag {quoted(tag)} in {out}.")
    (out / "tags" / tag).unlink()
    sync_folder(out / "tags")
    return release
