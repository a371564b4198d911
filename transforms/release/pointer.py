"""The pointers that readers follow: ``current``, flipped in one step, held after a rollback, and set right after a
crash or damage; and tags. A release stays while one of them leads to it, or as one of the newest nights.

All functions but ``held`` are for the owner of the publisher lock.
"""

import json
import os
import re
import shutil
from pathlib import Path

from transforms import clock
from transforms.config.toml_model import StrictModel
from transforms.errors import ReleaseError, UsageError, few_of, quoted
from transforms.files import is_temporary, point, sync_folder, write_atomically
from transforms.release.current import DATABASE, current_release, find_release, foreign_pointer, releases, tags
from transforms.release.run_records import reason_of
from transforms.release.verify import damage_of

LEFTOVERS = (".building-", ".pruned-", ".damaged-")  # of a publisher that died, below releases/
WRITTEN = {
    "": ("current", "latest.json", "hold.json", "status.json", "same.json", "watch.json"),
    "quality": ("index.html", "results.json", "rejects.parquet"),
}


class Hold(StrictModel):
    """After a rollback nothing is published until a person lifts the hold."""

    release_id: str
    since: str
    reason: str

    def __str__(self) -> str:
        """What is held and how to lift it."""
        return (
            f"Held at release {self.release_id} since {self.since[:10]} ({self.reason}): nothing is published. To"
            " publish again: dta rollback --lift"
        )


def held(out: Path) -> Hold | None:
    """The hold, if there is one.

    Raises ReleaseError when hold.json cannot be read: then nobody knows what is held, and nothing is published.
    """
    path = out / "hold.json"
    try:
        return Hold.model_validate_json(path.read_text("utf-8")) if path.exists() else None
    except (OSError, ValueError) as error:
        raise ReleaseError(
            f"{path} cannot be read ({_first_line(error)}), so it is not known which release is held. Nothing is"
            " published until it is mended, or removed with: dta rollback --lift"
        ) from error


def _first_line(error: Exception) -> str:
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else "it is not the record of a hold"


def point_to(release: Path, out: Path) -> None:
    """Flip ``current``, then latest.json."""
    point(out / "current", Path("releases") / release.name)
    _write_latest(release, out)


def _write_latest(release: Path, out: Path) -> None:
    path = f"releases/{release.name}"
    content = json.dumps(
        {"release_id": release.name, "path": path, "database": f"{path}/{DATABASE}"}, indent=1
    ).encode()
    latest = out / "latest.json"
    if not latest.exists() or latest.read_bytes() != content:
        write_atomically(latest, content)


def settle(out: Path) -> str:
    """Set right what a crash or damage left: sweep half-made folders, let ``current`` point to a sound release,
    latest.json with it.

    Returns in words what was wrong with the current release, or nothing. Raises ReleaseError where something that is
    not ours is in the place of ``current``.
    """
    if foreign := foreign_pointer(out):
        raise ReleaseError(foreign)
    sweep(out)
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
        point_to(sound, out)
        wrong += f" Until a new one is published, current is {sound.name}." if wrong else ""
    return wrong


def sweep(out: Path) -> None:
    """Remove what a publisher that died left half made: by our own names, in our own folders, and nothing else."""
    for leftover in (out / "releases").glob(".*"):
        if leftover.name.startswith(LEFTOVERS) and leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover)
    for folder, names in WRITTEN.items():
        for file in (out / folder).glob(".*"):
            if any(is_temporary(file, name) for name in names) and (file.is_symlink() or file.is_file()):
                file.unlink(missing_ok=True)


def roll_back(out: Path, asked: str, reason: str) -> Path:
    """Let ``current`` point to an earlier release and hold it there.

    Raises UsageError for a blank reason, ReleaseError when there is no such release or it is damaged.
    """
    why = reason_of(reason, "--reason")
    if foreign := foreign_pointer(out):
        raise ReleaseError(foreign)
    release = find_release(out, asked)
    damage = damage_of(release)
    if damage:
        raise ReleaseError(f"Release {release.name} is damaged ({damage[0]}): current stays where it is.")
    hold = Hold(release_id=release.name, since=clock.stamp(), reason=why)
    # First: a crash here stops publishing, which is the safe side.
    write_atomically(out / "hold.json", hold.model_dump_json(indent=1).encode())
    point_to(release, out)
    return release


def lift(out: Path) -> Hold:
    """Let the nights publish again, also where hold.json is broken. Raises ReleaseError when nothing is held."""
    try:
        hold = held(out)
    except ReleaseError:
        hold = Hold(release_id="", since="", reason="hold.json could not be read")
    if hold is None:
        raise ReleaseError(f"Nothing is held in {out}.")
    (out / "hold.json").unlink()
    return hold


def is_needed(out: Path) -> set[str]:
    """Ids of releases that are never pruned: the current one, a held one, tagged ones."""
    current, hold = current_release(out), held(out)
    return {*tags(out).values(), *([current.name] if current else []), *([hold.release_id] if hold else [])}


RESERVED = {"current", "previous"}  # names of releases in commands
TAG = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}")


def prune(out: Path, keep: int) -> list[str]:
    """Remove releases beyond the newest ``keep`` that are not needed; returns their ids."""
    needed = is_needed(out)
    tagged = set(tags(out).values())
    nightly = [r for r in releases(out) if r.name not in tagged]
    removed = []
    for release in nightly[:-keep]:
        if release.name in needed:
            continue
        doomed = release.with_name(f".pruned-{release.name}")
        os.rename(release, doomed)  # gone in one step: nobody lists half a release
        sync_folder(doomed.parent)
        shutil.rmtree(doomed)
        removed.append(release.name)
    return removed


def add_tag(out: Path, asked: str, tag: str) -> Path:
    """Keep a release for good under a name: tags/TAG leads to it.

    Raises UsageError for a bad name, ReleaseError for a taken one, or a damaged release.
    """
    if tag.lower() in RESERVED:
        raise UsageError(f"{quoted(tag)} cannot be a tag: it always means the {tag.lower()} release. Name another.")
    if not TAG.fullmatch(tag):
        raise UsageError(
            f"{quoted(tag)} cannot be a tag: a letter, then letters, digits, dots, hyphens or underscores, 64 at most."
        )
    release = find_release(out, asked)
    taken = tags(out).get(tag)
    if taken not in (None, release.name):
        raise ReleaseError(f"The tag {tag} is that of release {taken}. Remove it first: dta tag --remove {tag}")
    damage = damage_of(release)
    if damage:
        raise ReleaseError(f"Release {release.name} is damaged ({damage[0]}) and is not tagged.")
    point(out / "tags" / tag, Path("..") / "releases" / release.name)
    return release


def remove_tag(out: Path, tag: str) -> str:
    """Take a tag away; returns the release it stood for. Raises ReleaseError when there is none."""
    release = tags(out).get(tag)
    if release is None:
        raise ReleaseError(f"There is no tag {quoted(tag)} in {out}.")
    (out / "tags" / tag).unlink()
    sync_folder(out / "tags")
    return release
