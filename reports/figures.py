"""Numbers, days, colors and orders as Dashboard readers know them. Published tables keep the exact values."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from transforms import clock
from transforms.wording.sentences import phrases

CACHED_TEXTS = 50_000  # cached texts of numbers; the pages of the state repeat most of them
ORDER = ("EL", "LTEL", "FOS", "HOM", "SED", "SWD", "AA", "AI", "AS", "FI", "HI", "PI", "MR", "WH")
LEA_ORDER = ("county_office", "district", "charter")
# A fill, and an ink that is legible on it (contrast of 4.5 or more). 0 is no color.
COLORS = {
    0: ("#eceff1", "#37474f"),
    1: ("#c62828", "#ffffff"),
    2: ("#f6a13c", "#1a1a1a"),
    3: ("#ffe169", "#1a1a1a"),
    4: ("#2e7d4f", "#ffffff"),
    5: ("#1e5fa8", "#ffffff"),
}


def tenths(value: float, sign: bool = False) -> str:
    """Return a number with one decimal, a real minus sign and no sign at zero; ``sign`` adds a plus above zero."""
    rounded = round(value, 1) or 0.0  # avoids -0.0
    return (f"{rounded:+,.1f}" if sign and rounded else f"{rounded:,.1f}").replace("-", "−")


@lru_cache(CACHED_TEXTS)
def amount(value: float | None, unit: str) -> str:
    """Return a status in its indicator's unit: signed points, or percent."""
    if value is None:
        return ""
    return tenths(value, unit.startswith("points")) + "%" * unit.startswith("percent")


@lru_cache(CACHED_TEXTS)
def students(n: Any) -> str:
    """Return a number of students."""
    return "" if n is None else f"{n:,.0f}"


def thousands(n: int) -> str:
    """Return a whole number with thousands separators."""
    return f"{n:,}"


def file_size(n: int) -> str:
    """Return a number of bytes in a readable unit: 3 KB, 9.3 MB."""
    if n < 1_000_000:
        return f"{max(round(n / 1000), 1):,} KB"
    return f"{n / 1_000_000:,.1f} MB" if n < 1_000_000_000 else f"{n / 1_000_000_000:,.1f} GB"


@lru_cache(CACHED_TEXTS)
def change_words(change: float | None, change_level: int | None) -> tuple[str, str]:
    """Return an arrow with the size of the change, and its meaning.

    CDE's change levels account for which direction is bad.
    """
    if change is None or not change_level:
        return "", ""
    arrow = "▲" if change > 0 else "▼" if change < 0 else "■"
    meaning = "maintained" if change_level == 3 else "worse" if change_level < 3 else "better"
    return f"{arrow} {tenths(abs(change))}", meaning


def day(value: date | datetime | str | None) -> str:
    """Return a day, or an empty text. A moment gives its day in California."""
    if isinstance(value, datetime):
        value = clock.day_of(value)
    return "" if value is None else str(value)[:10]


def moment(value: datetime | None) -> str:
    """Return a moment in UTC in the format of browsers."""
    if value is None:
        return ""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def dollars(value: int | None) -> str:
    """Return an amount of money."""
    return "" if value is None else f"${value:,.0f}"


def year_spans(years: Sequence[int]) -> str:
    """Return years with consecutive ones joined: ``2017–2019, 2022``."""
    return ", ".join(phrases.year_spans(years))


def place(code: str, order: tuple[str, ...]) -> tuple[int, str]:
    """Return a sort key: known codes in their order, then others."""
    return (order.index(code), "") if code in order else (len(order), code)
