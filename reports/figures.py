"""Orders, colors and figures of the pages, as readers of the Dashboard know them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache

from reports.numbers import KEPT, tenths
from transforms import clock
from transforms.wording.sentences import phrases

ORDER = ("EL", "LTEL", "FOS", "HOM", "SED", "SWD", "AA", "AI", "AS", "FI", "HI", "PI", "MR", "WH")
LEA_ORDER = ("county_office", "district", "charter")
# A fill, and the ink that is legible on it (contrast of 4.5 or more). 0 is no color.
COLORS = {
    0: ("#eceff1", "#37474f"),
    1: ("#c62828", "#ffffff"),
    2: ("#f6a13c", "#1a1a1a"),
    3: ("#ffe169", "#1a1a1a"),
    4: ("#2e7d4f", "#ffffff"),
    5: ("#1e5fa8", "#ffffff"),
}


@lru_cache(KEPT)
def change_words(change: float | None, change_level: int | None) -> tuple[str, str]:
    """Arrow with the size of the change, and what it means; CDE's change levels already know where up is bad."""
    if change is None or not change_level:
        return "", ""
    arrow = "▲" if change > 0 else "▼" if change < 0 else "■"
    meaning = "maintained" if change_level == 3 else "worse" if change_level < 3 else "better"
    return f"{arrow} {tenths(abs(change))}", meaning


def day(value: date | datetime | str | None) -> str:
    """A day, or nothing; of a moment, the day in California."""
    if isinstance(value, datetime):
        value = clock.day_of(value)
    return "" if value is None else str(value)[:10]


def moment(value: datetime | None) -> str:
    """A moment in UTC as browsers read it."""
    if value is None:
        return ""
    known = value if value.tzinfo else value.replace(tzinfo=UTC)  # a release of an earlier version has no zones
    return known.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def dollars(value: int | None) -> str:
    """An amount of money."""
    return "" if value is None else f"${value:,.0f}"


def year_spans(years: Sequence[int]) -> str:
    """Years with runs of them in one: ``2017–2019, 2022``."""
    return ", ".join(phrases.year_spans(years))


def place(code: str, order: tuple[str, ...]) -> tuple[int, str]:
    """Sort key: known codes in their order, others after them."""
    return (order.index(code), "") if code in order else (len(order), code)
