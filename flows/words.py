"""Small things said in the way people read them."""

from datetime import UTC, datetime


def ago(moment: str) -> str:
    """A moment, ISO text with its zone, as a person reads it."""
    seconds = (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            n = int(seconds // length)
            return f"{n} {unit}{'s' if n > 1 else ''} ago"
    return "just now"
