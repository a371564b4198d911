"""Is it time for the night? Asked by whatever calls ``dta run --at`` every few minutes, since cron knows no zone but
its machine's.
"""

from datetime import datetime, time
from pathlib import Path

from transforms import clock
from transforms.errors import ConfigError, ReleaseError
from transforms.locks import run_lock


def time_of_day(text: str) -> time:
    """A time of day written as 04:15. Raises ConfigError."""
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    except (TypeError, ValueError) as error:
        raise ConfigError(f"--at takes a time of day in California, written as 04:15 (value {text!r}).") from error


def is_due(out: Path, at: time) -> bool:
    """True if no run for ``out`` has ended since clocks in California last showed ``at``, and none is at work.

    A night that the machine slept through, or that was killed, is made up for by the next call; one that failed waits
    for its next hour.
    """
    from transforms.release.run_records import read_status

    last = read_status(out).get("last_run")
    if last and datetime.fromisoformat(last) >= clock.latest_slot(at, clock.now()):
        return False
    try:
        with run_lock(out):
            return True
    except ReleaseError:
        return False
