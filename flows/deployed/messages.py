"""Messages to people, from one template."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from flows.watch import Watch
from reports.published import open_release
from reports.release_changes import release_changes
from transforms import clock
from transforms.control_characters import shown
from transforms.errors import DtaError
from transforms.release.check_result import ADVICE
from transforms.release.current import current_release
from transforms.release.run_records import read_status
from transforms.wording.sentences import plural

MOST_LINES = 40
TEMPLATES = Environment(  # noqa: S701 - plain text; each channel escapes for itself
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
DETAILS = "For details, run dta status on the machine that runs the nights."


@dataclass(frozen=True)
class Message:
    """A subject, a text, and the occasion: failure, late or eligibility."""

    occasion: str
    subject: str
    text: str


def _message(
    occasion: str, headline: str, facts: list[tuple[str, Any]], lines: list[str] | None = None, advice: str = ""
) -> Message:
    text = TEMPLATES.get_template("message.txt.j2").render(
        headline=headline,
        facts=[(n, v) for n, v in facts if v not in (None, "")],
        lines=lines or [],
        most=MOST_LINES,
        advice=advice,
    )
    return Message(
        occasion, " ".join(shown(headline).split())[:200], re.sub(r"[\t\r]+", " ", shown(text)).strip() + "\n"
    )


def about_failure(out: Path, error: BaseException) -> Message:
    """Return the message about a run that published nothing, or published and then failed."""
    status, release = read_status(out), current_release(out)
    known = isinstance(error, DtaError)
    facts = [
        (
            "Why",
            _shortened(str(error)) if known else f"an unexpected error, {type(error).__name__}; its text is in the log",
        ),
        ("Run", status.get("run_id")),
        ("Current release", release.name if release else "none"),
        ("Last good check", status.get("last_good_check")),
    ]
    if isinstance(error, DtaError) and error.released:
        return _message(
            "failure",
            f"DTA eligibility: release {error.released} was published, then the run failed",
            facts,
            advice=DETAILS,
        )
    return _message(
        "failure",
        "DTA eligibility: the run failed, nothing was published",
        facts,
        advice=f"The last good release is still current. {DETAILS}",
    )


def _shortened(text: str) -> str:
    """Return the beginning of a long message, with all of the advice at its end."""
    failures, found, advice = text.partition(ADVICE)
    return failures[:2000].rstrip() + (f"\n{found}{advice}" if found else "")


def about_crash(name: str, why: str) -> Message:
    """Return the message about a run whose process died."""
    return _message(
        "failure",
        "DTA eligibility: the run was killed",
        [("Run", name), ("Why", why[:500])],
        advice="The next run starts over. The last good release is still current.",
    )


def about_lateness(seen: Watch) -> Message:
    """Return the message that there is no good release, or was none for too long."""
    return _message(
        "late",
        f"DTA eligibility: {seen.headline}",
        [("Current release", seen.release_id)],
        seen.lines,
        DETAILS,
    )


def sample_message() -> Message:
    """Return a test message."""
    return _message("failure", "DTA eligibility: this is a test", [], advice="Notifications work.")


def about_eligibility(out: Path) -> Message | None:
    """Return the message about newly eligible LEAs and those no longer eligible; None if nothing changed."""
    with open_release(out) as connection:
        changes = release_changes(connection)
        release = current_release(out)
    if not changes.headline and not changes.elsewhere and not changes.assistance:
        return None
    lines = list(changes.sentences)
    if n := changes.elsewhere:
        lines.append(f"{plural(n, 'verdict').capitalize()} of earlier determination years also differ{'s' * (n == 1)}.")
    if changes.about_assistance:
        lines.append(changes.about_assistance)
    headline = f"DTA eligibility: {len(changes.new)} newly eligible, {len(changes.left)} no longer"
    facts = [("Release", release.name if release else None), ("Published", clock.shown(clock.now()))]
    return _message("eligibility", headline, facts, lines, "dta compare previous current names the student groups.")
