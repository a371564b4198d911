"""The pointer that readers follow: flipped in one step, held after a rollback, and set right after a crash or damage.

All functions but ``held`` are for the owner of the publisher lock.
"""

import json
import shutil
from pathlib import Path

from transforms import clock
from transforms.current import DATABASE, current_release, find_release, releases, tags
from transforms.errors import ReleaseError
from transforms.files import point, write_atomically
from transforms.integrity import damage_of
from transforms.toml_model import StrictModel

LEFTOVERS = (".building-*", ".pruned-*")  # of a publisher that died, below releases/


class Hold(StrictModel):
    """After a rollback nothing is published until a person lifts the hold."""

    release_id: str
    since: str
    reason: str

    def __str__(self) -> str:
        """What is held and how to lift it."""
        return f"Held at release {self.release_id} since {self.since[:10]} ({self.reason}): nothing is published. To publish again: dta rollback --lift"


def held(out: Path) -> Hold | None:
    """The hold, if there is one."""
    path = out / "hold.json"
    return Hold.model_validate_json(path.read_text("utf-8")) if path.exists() else None


def point_to(release: Path, out: Path) -> None:
    """Flip ``current``, then latest.json."""
    point(out / "current", Path("releases") / release.name)
    _write_latest(release, out)


def _write_latest(release: Path, out: Path) -> None:
    path = f"releases/{release.name}"
    content = json.dumps({"release_id": release.name, "path": path, "database": f"{path}/{DATABASE}"}, indent=1).encode()
    latest = out / "latest.json"
    if not latest.exists() or latest.read_bytes() != content:
        write_atomically(latest, content)


def settle(out: Path) -> str:
    """Set right what a crash or damage left: sweep half-made folders, let ``current`` point to a sound release, latest.json with it.

    Returns in words what was wrong with the current release, or nothing.
    """
    for pattern in LEFTOVERS:
        for leftover in (out / "releases").glob(pattern):
            shutil.rmtree(leftover)
    for file in out.glob(".*"):  # half-written files and links of a process that died
        if file.suffix != ".lock" and (file.is_symlink() or file.is_file()):
            file.unlink(missing_ok=True)
    release, pointer = current_release(out), out / "current"
    wrong = ""
    if release is not None and (damage := damage_of(release)):
        wrong = f"Release {release.name} was damaged ({damage[0]}{f' and {len(damage) - 1} more' if len(damage) > 1 else ''})."
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


def roll_back(out: Path, asked: str, reason: str) -> Path:
    """Let ``current`` point to an earlier release and hold it there. Raises ReleaseError when there is no such release or it is damaged."""
    release = find_release(out, asked)
    damage = damage_of(release)
    if damage:
        raise ReleaseError(f"Release {release.name} is damaged ({damage[0]}): current stays where it is.")
    hold = Hold(release_id=release.name, since=clock.stamp(), reason=reason)
    write_atomically(out / "hold.json", hold.model_dump_json(indent=1).encode())  # first: a crash here stops publishing, which is the safe side
    point_to(release, out)
    return release


def lift(out: Path) -> Hold:
    """Let the nights publish again. Raises ReleaseError when nothing is held."""
    hold = held(out)
    if hold is None:
        raise ReleaseError(f"Nothing is held in {out}.")
    (out / "hold.json").unlink()
    return hold


def is_needed(out: Path) -> set[str]:
    """Ids of releases that are never pruned: the current one, a held one, tagged ones."""
    current, hold = current_release(out), held(out)
    return {*tags(out).values(), *([current.name] if current else []), *([hold.release_id] if hold else [])}
