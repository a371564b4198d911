"""Check that a night went well lately and that the current release is intact.

This runs outside the nightly runs, because a scheduler can die silently.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from transforms import clock
from transforms.errors import ReleaseError
from transforms.files import write_atomically
from transforms.folders import has_releases, is_own_folder
from transforms.release.current import current_release, pointer_fault
from transforms.release.pointer import current_hold
from transforms.release.run_records import GOOD, read_status
from transforms.release.verify import damage_of

NOTIFY_INTERVAL = timedelta(hours=24)


@dataclass(frozen=True)
class Watch:
    """The findings. ``wrong`` means that a person should look."""

    wrong: bool
    headline: str
    release_id: str | None
    lines: list[str] = field(default_factory=list)


def inspect_releases(out: Path, hours: float, now: datetime | None = None) -> Watch:
    """Return findings about the age of the last good check and the files of the current release."""
    now = now or clock.now()
    release, wrong, notes = current_release(out), [], []
    try:
        status = read_status(out)
    except OSError as error:
        status = {}
        wrong.append(f"status.json cannot be read ({error.strerror})")
    last = status.get("last_good_check")
    age = now - datetime.fromisoformat(last) if last else None
    if age is None:
        wrong.append("no run has ever succeeded")
    elif age > timedelta(hours=hours):
        wrong.append(f"no good release for {_hours(age)} hours")
    elif age < timedelta(hours=-1):
        wrong.append(f"the last good check is {_hours(-age)} hours in the future: check the clock")
    if release is None:
        fault = pointer_fault(out)
        wrong.append("there is no current release" + (f": {fault.removesuffix('.')}" if fault else ""))
    elif damage := damage_of(release):
        wrong.append(f"release {release.name} is damaged ({damage[0]})")
    try:
        hold = current_hold(out)
        notes += [str(hold)] if hold is not None else []
    except ReleaseError as error:
        wrong.append(str(error).removesuffix("."))
    if status and status["last_outcome"] not in GOOD:
        notes.append(
            f"The last run {'failed' if status['last_outcome'] == 'failed' else 'was interrupted'}:"
            f" {str(status.get('message'))[:500]}"
        )
    headline = "; ".join(wrong) if wrong else f"the last good check was {_ago(_hours(age or timedelta()))}"
    return Watch(bool(wrong), headline, release.name if release else None, notes)


def _ago(hours: int) -> str:
    return "less than an hour ago" if hours < 1 else f"{hours} hour{'s' * (hours > 1)} ago"


def _hours(age: timedelta) -> int:
    return int(age.total_seconds() // 3600)


def is_notification_due(out: Path, seen: Watch, now: datetime | None = None) -> bool:
    """Return True once a day while something is wrong. The last notification is recorded in watch.json."""
    now, memory = now or clock.now(), out / "watch.json"
    if not seen.wrong:
        with suppress(OSError):  # this user may only read the folder
            memory.unlink(missing_ok=True)
        return False
    try:
        last_notified = datetime.fromisoformat(json.loads(memory.read_text("utf-8"))["told_at"])
        if abs(now - last_notified) < NOTIFY_INTERVAL:
            return False
    except (OSError, ValueError, KeyError, TypeError):
        pass
    if not is_own_folder(out, has_releases):
        return True
    try:
        write_atomically(
            memory, json.dumps({"told_at": now.isoformat(timespec="seconds"), "headline": seen.headline}).encode()
        )
    except OSError:  # too many notifications are better than none
        return True
    return True
