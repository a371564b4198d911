"""Short texts for people that several commands print."""

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from transforms import clock
from transforms.errors import GateError
from transforms.release.check_result import ADVICE, count_failed
from transforms.sources.unused import UnusedFile

if TYPE_CHECKING:
    from reports.release_changes import ReleaseChanges

SHOWN = 5
LISTED = 10  # LEAs that joined or left the list; the rest are counted


def ago(moment: str) -> str:
    """Return how long ago a moment was. ``moment`` is ISO text with a time zone."""
    seconds = (clock.now() - datetime.fromisoformat(moment)).total_seconds()
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            n = int(seconds // length)
            return f"{n} {unit}{'s' if n > 1 else ''} ago"
    return "just now"


def for_shell(name: str) -> str:
    """Return a name as an argument that can be copied into a shell, whatever characters it contains."""
    return f'"{name}"' if re.fullmatch(r"[\w .,'()&/-]+", name) else shlex.quote(name)


def failed_checks(status: Mapping[str, Any]) -> str:
    """Return the checks that stopped the last run, one per line, with markup; empty if none did."""
    stopped = [d for d in status.get("details", []) if d["outcome"] == "error" or d["severity"] == "critical"]
    if status["exit_code"] != GateError.exit_code or not stopped:
        return ""
    lines = [
        f"  [bold red]✗[/] Check {escape(d['check_id'])} on {escape(d['table_name'])} "
        + ("could not run" if d["outcome"] == "error" else count_failed(d["failing_rows"]))
        + f": {escape(d['sentence'])}"
        + (f" {escape(d['detail'][:200])}" if d["outcome"] == "error" else "")
        for d in stopped[:SHOWN]
    ]
    more = [f"  and {len(stopped) - SHOWN} more checks"] if len(stopped) > SHOWN else []
    _, found, advice = str(status["message"]).partition(ADVICE)
    what_to_do = [escape(found + advice)] if found else []
    return "\n".join(
        [f"{len(stopped)} {'check' if len(stopped) == 1 else 'checks'} stopped it:", *lines, *more, *what_to_do]
    )


def changes_lines(changes: "ReleaseChanges") -> list[str]:
    """Return who left the list since the release before, who is new and why, and how much assistance changed."""
    assistance = [changes.about_assistance] if changes.about_assistance else []
    if not changes.headline:
        return assistance
    lines = [f"  {line}" for line in changes.sentences[:LISTED]]
    more = len(changes.sentences) - LISTED
    return [
        f"{changes.headline} since release {changes.previous}:",
        *lines,
        *([f"  and {more} more: dta compare previous current"] if more > 0 else []),
        *assistance,
    ]


def unused_lines(unused: Sequence[UnusedFile], indent: str = "") -> list[str]:
    """Return one line per file that was seen and not used, with the remedy; with markup."""
    if not unused:
        return []
    count = "1 file was" if len(unused) == 1 else f"{len(unused)} files were"
    return [f"{indent}[yellow]{count} found but not used[/]", *(f"{indent}  {escape(unused_text(f))}" for f in unused)]


def unused_text(file: UnusedFile) -> str:
    """Return why a file is not used, what to do, and what is used instead."""
    where = f", line {file.line}" if file.line else ""
    instead = " The edition from the release before is used." if file.earlier_sha256 else ""
    return f"{file.file}{where}: {file.reason}. {file.what_to_do}{instead}"


def unused_of(status: Mapping[str, Any]) -> list[UnusedFile]:
    """Return the files that the last run did not use."""
    return [UnusedFile(**f) for f in status.get("unused_files", [])]


def not_listed_as_unused(problems: Iterable[dict[str, str]], unused: Iterable[UnusedFile]) -> list[dict[str, str]]:
    """Return the sources that could not be refreshed, without those in ``unused``: a cause is reported once."""
    named = {f.source_id for f in unused}
    return [p for p in problems if p.get("source_id") not in named]


def problem_lines(problems: Sequence[dict[str, str]]) -> list[str]:
    """Return lines about source files that could not be refreshed: one per file, or one for many with one cause."""
    by_message: dict[str, list[dict[str, str]]] = {}
    for problem in problems:
        by_message.setdefault(problem["message"], []).append(problem)
    lines = []
    for message, found in by_message.items():
        if len(found) <= SHOWN:
            lines += [problem_text(p) for p in found]
            continue
        names, kept = ", ".join(p["file"] for p in found[:SHOWN]), sum(bool(p["accepted_at"]) for p in found)
        lines.append(
            f"{len(found)} files: {message}; {names} and {len(found) - SHOWN} more."
            f" Earlier files used: {kept or 'none'}"
        )
    return lines


def problem_text(problem: dict[str, str]) -> str:
    """Return why a source file could not be refreshed, and how old the file is that is used instead."""
    text = f"{problem['file']}: {problem['message']}"
    return text + (
        f"; the file accepted {ago(problem['accepted_at'])} is used"
        if problem["accepted_at"]
        else "; there is no earlier file"
    )
