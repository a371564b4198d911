"""Numbers as readers of the Dashboard know them: one decimal, a real minus sign, no zero with a sign.

Published tables keep the exact values.
"""

from functools import lru_cache
from typing import Any

KEPT = 50_000  # numbers whose texts are kept: pages of a state say most of them many times


def tenths(value: float, sign: bool = False) -> str:
    """A number to one decimal; ``sign`` puts a plus before what is more than nothing."""
    rounded = round(value, 1) or 0.0  # not -0.0
    return (f"{rounded:+,.1f}" if sign and rounded else f"{rounded:,.1f}").replace("-", "−")


@lru_cache(KEPT)
def amount(value: float | None, unit: str) -> str:
    """A status in its indicator's unit: signed points, or percent."""
    if value is None:
        return ""
    return tenths(value, unit.startswith("points")) + "%" * unit.startswith("percent")


@lru_cache(KEPT)
def students(n: Any) -> str:
    """A number of students."""
    return "" if n is None else f"{n:,.0f}"


def thousands(n: int) -> str:
    """A whole number with its thousands apart."""
    return f"{n:,}"


def file_size(n: int) -> str:
    """A number of bytes as people say it: 3 KB, 9.3 MB."""
    if n < 1_000_000:
        return f"{max(round(n / 1000), 1):,} KB"
    return f"{n / 1_000_000:,.1f} MB" if n < 1_000_000_000 else f"{n / 1_000_000_000:,.1f} GB"
