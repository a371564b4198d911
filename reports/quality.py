"""The quality page: what was checked, what failed and in which rows, what was rejected, and what to do.

It works without a network.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports.figures import thousands
from transforms import clock
from transforms.database import connect_read_only, records
from transforms.release.check_result import CheckResult, grouped_rejects
from transforms.release.current import DATABASE

if TYPE_CHECKING:
    from transforms.run import Notify  # imports the rules and the readers of files

SHOWN = 8  # maximum number of sentences in the banner
TEMPLATES = Path(__file__).resolve().parent / "templates"
GATES = {
    "files": "Files: is every source file what its name says?",
    "contracts": "Contracts: does every table keep its shape, keys, codes and ranges?",
    "determinations": "Determinations: has every LEA one verdict, and does it follow from the evidence?",
    "release": "Release: is every difference from the one before plausible?",
}
OUTCOMES = {"passed": "✓ passed", "failed": "✗ failed", "error": "! could not run"}
SEVERITIES = {"critical": "◆ critical", "warning": "▲ warning", "info": "● info"}
CLASSES = {
    "impossible": "impossible: a contract of the pipeline is broken; it stops the release and cannot be accepted",
    "fault": "fault: many rows are evidence of a fault; it stops the release, but a person can accept it",
    "unusual": "unusual: a person should look; it does not stop the release",
}
ADVICE = {
    "error": (
        "The check itself could not run, so the release cannot be published. It cannot be accepted: please"
        " report it, with the message below."
    ),
    "impossible": "It cannot be accepted: please report it, with the rows below.",
    "files": "Get the file named from CDE again, or put an intact copy into the inbox, then run again: dta run.",
    "contracts": "Look up the rows below in the file and line that they name. If the file is wrong, get it again.",
    "determinations": (
        "Look at the rows below with dta explain. A record is corrected in its register; a difference from CDE can be"
        " accepted there."
    ),
    "release": "Compare with the release before: dta compare previous current.",
}
ACCEPT = (
    'If you have looked at the rows and they are right: dta run --accept {check_id} --because "why they are right".'
)
NEXT_STEPS = {
    3: "Get the file named from CDE again, or put an intact copy into the inbox. Then: dta run",
    4: "Correct the file named above. Then: dta run",
    5: "See below for the failing rows of each check and what to do. Then: dta run",
    6: "See the message. Nothing was changed.",
}


@dataclass(frozen=True)
class Check(CheckResult):
    """The outcome of one check, with its first failing rows."""

    rows: tuple[dict[str, Any], ...] = ()

    @property
    def advice(self) -> str:
        """What to do."""
        if self.outcome == "error" or self.check_class == "impossible":
            return ADVICE["error" if self.outcome == "error" else "impossible"]
        accept = [ACCEPT.format(check_id=self.check_id)] if self.can_be_accepted and self.stops_release else []
        return " ".join([ADVICE[self.gate], *accept])

    @property
    def columns(self) -> list[str]:
        """Columns of the failing rows."""
        return list(dict.fromkeys(name for row in self.rows for name in row))


NAMES = frozenset(f.name for f in fields(Check))
UNUSED = "select file, reason, what_to_do, line, earlier_sha256 from meta_unused_files order by file, reason"


@dataclass(frozen=True)
class Quality:
    """Everything that the page shows. ``outcome`` is published, unchanged, failed, checked or building."""

    outcome: str
    message: str
    when: str
    release_id: str | None
    exit_code: int
    checks: tuple[Check, ...]
    rejects: tuple[dict[str, Any], ...]
    unused: tuple[Mapping[str, Any], ...] = ()  # files that were found but not used

    @cached_property
    def failed(self) -> list[Check]:
        """Checks that did not pass: first those that stop the release, then warnings, then the rest."""
        order = {"critical": 0, "warning": 1, "info": 2}
        return sorted(
            (c for c in self.checks if c.outcome != "passed"),
            key=lambda c: (not c.stops_release, order[c.severity], c.check_id, c.table_name),
        )

    @property
    def accepted(self) -> list[Check]:
        """Failures that a person accepted."""
        return [c for c in self.failed if c.accepted_by]

    @property
    def warnings(self) -> list[Check]:
        """Failed warnings."""
        return [c for c in self.failed if c.warns]

    @property
    def headline(self) -> tuple[str, str]:
        """Sign and words of the banner."""
        if self.outcome == "failed":
            return "stopped", "✗ Not published: the last good release is still current"
        if any(c.stops_release for c in self.checks):
            return "stopped", "✗ This would not be published"
        if self.warnings:
            return "warned", "▲ Passed, with warnings"
        return "passed", "✓ Passed"

    @property
    def what_to_do(self) -> str:
        """One sentence for the reader of the page."""
        if self.outcome == "failed":
            return NEXT_STEPS.get(
                self.exit_code, "This is a fault of the pipeline. Please report it, with the message above."
            )
        if any(c.stops_release for c in self.checks):
            return NEXT_STEPS[5]
        return "Look at the warnings before you act on a row that they are about." if self.warnings else "Nothing."

    @property
    def by_gate(self) -> list[dict[str, Any]]:
        """The number of checks of each gate that passed, failed and could not run."""
        counted = Counter(
            (c.gate, "stops" if c.stops_release else c.severity if c.outcome == "failed" else "passed")
            for c in self.checks
        )
        return [
            {"gate": gate, "words": words, **{k: counted[gate, k] for k in ("passed", "stops", "warning", "info")}}
            for gate, words in GATES.items()
            if any(c.gate == gate for c in self.checks)
        ]


def quality_of_release(folder: Path, status: Mapping[str, Any] | None = None) -> Quality:
    """Return the quality of a release from its published tables.

    ``status`` is the status of the last run, if the page is about it.
    """
    with connect_read_only(folder / DATABASE) as connection:
        results = connection.sql("from meta_gate_results").to_arrow_table().to_pylist()
        rows: dict[tuple[str, str], list[str]] = {}
        for check_id, table, text in connection.execute(
            "select check_id, table_name, failing_row from meta_gate_rows order by check_id, table_name, row_number"
        ).fetchall():
            rows.setdefault((check_id, table), []).append(text)
        rejects = grouped_rejects(connection)
        ((release_id, published_at),) = connection.execute(
            "select release_id, published_at from meta_release"
        ).fetchall()
        unused = status.get("unused_files", []) if status else records(connection, UNUSED)
    checks = [{**r, "rows": rows.get((r["check_id"], r["table_name"]), [])} for r in results]
    how = _how_ended(status) if status else ("published", f"Release {release_id}", clock.shown(published_at))
    return _quality(*how, release_id, 0, checks, rejects, unused)


def _how_ended(status: Mapping[str, Any]) -> tuple[str, str, str]:
    return status["last_outcome"], status["message"], clock.shown(datetime.fromisoformat(status["last_run"]))


def quality_of_run(status: Mapping[str, Any], report: Mapping[str, Any] | None) -> Quality:
    """Return the quality of a run that published nothing.

    ``report`` has results and rejects if the run reached the checks.
    """
    report = report or {"results": [], "rejects": []}
    quality = _quality(
        *_how_ended(status),
        status["release_id"],
        status["exit_code"],
        report["results"],
        report["rejects"],
        status.get("unused_files", []),
    )
    stops = list(dict.fromkeys(c.sentence for c in quality.failed if c.stops_release))
    if quality.outcome != "failed" or not stops:
        return quality
    more = [f"and {len(stops) - SHOWN} more"] if len(stops) > SHOWN else []
    return replace(
        quality, message="\n".join(["These statements are not true:", *(f"– {s}" for s in stops[:SHOWN]), *more])
    )


def _quality(
    outcome: str,
    message: str,
    when: str,
    release_id: str | None,
    exit_code: int,
    results: Iterable[Mapping[str, Any]],
    rejects: Iterable[dict[str, Any]],
    unused: Iterable[Mapping[str, Any]],
) -> Quality:
    return Quality(
        outcome, message, when, release_id, exit_code, tuple(map(_check, results)), tuple(rejects), tuple(unused)
    )


def _check(result: Mapping[str, Any]) -> Check:
    """Build a check from its record."""
    known = {name: value for name, value in result.items() if name in NAMES}
    rows = tuple(map(json.loads, result["rows"]))
    return Check(**known | {"detail": result["detail"] or "", "rows": rows})


@cache
def environment(*folders: Path) -> Environment:
    """Return the templates of these folders. Values are escaped, and an unknown name is an error."""
    made = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["thousands"] = thousands
    return made


def render(quality: Quality) -> str:
    """Return the page as one HTML file that includes its style and script."""
    return (
        environment(TEMPLATES)
        .get_template("quality.html")
        .render(quality=quality, outcomes=OUTCOMES, severities=SEVERITIES, classes=CLASSES)
    )


def write_quality_page(folder: Path, notify: "Notify") -> None:
    """Write quality/index.html into a release that is being built, from its own tables."""
    notify("writing the quality page", 0, None)
    (folder / "quality").mkdir()
    (folder / "quality" / "index.html").write_text(render(quality_of_release(folder)), "utf-8")
