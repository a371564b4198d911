"""The one clock. A day is California's, whatever the zone of the machine; a moment in a record is UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from transforms.errors import quoted

CALIFORNIA = ZoneInfo("America/Los_Angeles")  # the package tzdata has it where the system has not


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def stamp() -> str:
    """This moment as records keep it: ISO text in UTC, to the second."""
    return now().isoformat(timespec="seconds")


def today() -> date:
    """The day it is in California."""
    return day_of(now())


def read_day(text: str) -> date:
    """A day as people write it, such as 2024-03-01. Raises ValueError, in words."""
    parts = re.fullmatch(r"(\d{4})-(\d\d?)-(\d\d?)", text, re.ASCII)
    if parts is None:
        raise ValueError(f"{quoted(text)} is not a day. Write year, month and day, such as 2024-03-01.")
    try:
        return date(*map(int, parts.groups()))
    except ValueError:
        raise ValueError(f"{quoted(text)} is not in the calendar. Check the month and the day of the month.") from None


def past(day: date) -> date:
    """The day, unless it comes after today in California. Raises ValueError."""
    if day > today():
        raise ValueError(f"{day} lies in the future: nothing can be known as of that day")
    return day


def day_of(moment: datetime) -> date:
    """The day in California at a moment; a moment without a zone is UTC, as in the published tables."""
    return _in_california(moment).date()


def shown(moment: datetime) -> str:
    """A moment as people read it: California's time, with the zone."""
    return f"{_in_california(moment):%Y-%m-%d %H:%M %Z}"


def latest_slot(at: time, moment: datetime) -> datetime:
    """The last moment, not after ``moment``, at which clocks in California showed ``at``. In UTC."""
    for days in (0, 1, 2):
        day = day_of(moment) - timedelta(days=days)
        slot = datetime.combine(day, at, CALIFORNIA).astimezone(UTC)
        if slot <= moment:
            return slot
    raise AssertionError("two days back every time of day has been")


def _in_california(moment: datetime) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(CALIFORNIA)
