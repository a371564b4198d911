"""The only clock. A day is a day in California, whatever the machine's time zone; a moment in a record is UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from transforms.errors import quoted

CALIFORNIA = ZoneInfo("America/Los_Angeles")  # from the package tzdata if the system has no zone data


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)


def stamp() -> str:
    """Return this moment as records store it: ISO text in UTC, to the second."""
    return now().isoformat(timespec="seconds")


def today() -> date:
    """Return the current day in California."""
    return day_of(now())


def read_day(text: str) -> date:
    """Read a day as people write it, such as 2024-03-01. Raises ValueError with a message for people."""
    parts = re.fullmatch(r"(\d{4})-(\d\d?)-(\d\d?)", text, re.ASCII)
    if parts is None:
        raise ValueError(f"{quoted(text)} is not a day. Write year, month and day, such as 2024-03-01.")
    try:
        return date(*map(int, parts.groups()))
    except ValueError:
        raise ValueError(f"{quoted(text)} is not in the calendar. Check the month and the day of the month.") from None


def past(day: date) -> date:
    """Return the day. Raises ValueError if it is after today in California."""
    if day > today():
        raise ValueError(f"{day} is in the future: nothing can be known as of that day")
    return day


def day_of(moment: datetime) -> date:
    """Return the day in California at a moment. A moment without a zone is UTC, as in the published tables."""
    return _in_california(moment).date()


def shown(moment: datetime) -> str:
    """Return a moment as people read it: California time, with the zone."""
    return f"{_in_california(moment):%Y-%m-%d %H:%M %Z}"


def latest_slot(at: time, moment: datetime) -> datetime:
    """Return the last moment, in UTC, that is not after ``moment`` and at which clocks in California showed ``at``."""
    for days in (0, 1, 2):
        day = day_of(moment) - timedelta(days=days)
        slot = datetime.combine(day, at, CALIFORNIA).astimezone(UTC)
        if slot <= moment:
            return slot
    raise AssertionError("two days back every time of day has been")


def _in_california(moment: datetime) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(CALIFORNIA)
