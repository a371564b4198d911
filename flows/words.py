"""Small things said in the way people read them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rich.markup import escape

from transforms.errors import GateError

SHOWN = 5


def ago(moment: str) -> str:
    """A moment, ISO text with its zone, as a person reads it."""
    seconds = (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            n = int(seconds // length)
            return f"{n} {unit}{'s' if n > 1 else ''} ago"
    return "just now"


def warning_text(warning: Mapping[str, Any]) -> str:
    """A warning of a release in words."""
    rows = int(warning["failing_rows"])
    return f"{warning['sentence']} Not so for {rows:,} {'row' if rows == 1 else 'rows'} ({warning['check_id']})."


def failed_checks(status: Mapping[str, Any]) -> str:
    """The checks that stopped the last run, a line each, with markup; empty if none did."""
    stopped = [d for d in status.get("details", []) if d["outcome"] == "error" or d["severity"] == "critical"]
    if status["exit_code"] != GateError.exit_code or not stopped:
        return ""
    lines = [
        f"  [bold red]✗[/] {escape(d['sentence'])} "
        + (f"Could not run: {escape(d['detail'][:200])}" if d["outcome"] == "error" else f"Not so for {d['failing_rows']:,} rows")
        + f" [dim]({escape(d['check_id'])} on {escape(d['table_name'])})[/]"
        for d in stopped[:SHOWN]
    ]
    more = [f"  and {len(stopped) - SHOWN} more checks"] if len(stopped) > SHOWN else []
    return "\n".join([f"{len(stopped)} {'check' if len(stopped) == 1 else 'checks'} stopped it:", *lines, *more])


def problem_text(problem: dict[str, str]) -> str:
    """A source file that could not be refreshed, why, and how old the one is that serves in its place."""
    said = f"{problem['file']}: {problem['message']}"
    if "accepted_at" not in problem:
        return said
    return said + (f"; the file accepted {ago(problem['accepted_at'])} serves" if problem["accepted_at"] else "; none was accepted before")
