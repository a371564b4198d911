"""The steps of a run, in order. The command runs them directly; the nightly flow wraps each in a task.

They also update OUT/quality: the page about the last run, and the results that it shows, for programs.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transforms.build import build_core, build_criteria, build_determinations
from transforms.database import literal
from transforms.errors import GateError
from transforms.files import write_atomically
from transforms.raw.stage import read_raw
from transforms.release.current import current_release
from transforms.release.digests import inputs_digest
from transforms.release.pointer import current_hold
from transforms.release.previous import has_stale_unused_files, is_unchanged
from transforms.release.publish import Extra, publish
from transforms.release.run_records import GOOD, read_status
from transforms.run import Notify, Run, StepResult
from transforms.sources.folder import from_folder


@dataclass(frozen=True)
class Step:
    """One stage: its name, what it does in words, and its function."""

    name: str
    doing: str
    function: Callable[[Run], StepResult]


def take_snapshots(run: Run) -> StepResult:
    """Take the run's files from a folder or from their publishers. Imports the download code only for publishers.

    Raises SourceFilesError, ConfigError.
    """
    if run.settings.source != "catalog":
        return from_folder(run)
    from transforms.sources.fetch import from_catalog

    return from_catalog(run)


def compare_inputs(run: Run) -> StepResult:
    """End the run early if a release is held, or if the current release was made from the same inputs."""
    digest = inputs_digest(run)
    run.save_fact("inputs_digest", digest)
    files = len(run.snapshots())
    hold = current_hold(run.settings.out)
    if hold is not None:
        return StepResult(files, 0, str(hold), finished=True)
    if is_unchanged(run.settings.out, digest, run.settings.as_of) and not has_stale_unused_files(run):
        return StepResult(files, 0, "Nothing changed since the current release: nothing to publish.", finished=True)
    return StepResult(files, files, "inputs differ from the current release")


def pass_gates(run: Run) -> StepResult:
    """Run the gates and save their results. Raises GateError if anything stops the release."""
    from expectations.gates import check

    report = check(run)
    write_gate_results(run, report.as_record())
    return report.verdict(run)


def publish_release(run: Run) -> StepResult:
    """Publish the tables and everything that is made from them."""
    if write_site not in EXTRAS:
        return publish(run, EXTRAS)
    from reports.site.shares import pages_ahead

    with run.connect() as connection, pages_ahead(connection, some=current_release(run.settings.out) is not None):
        return publish(run, EXTRAS)


def write_site(release: Path, notify: Notify, previous: Path | None = None) -> None:
    """Write the pages. Imports the code that renders them only here."""
    from reports.site.build import write_site as write

    write(release, notify, previous)


def write_quality(release: Path, notify: Notify, previous: Path | None = None) -> None:
    """Write the quality page. Imports the code that renders it only here."""
    from reports.quality import write_quality_page

    write_quality_page(release, notify)


EXTRAS: tuple[Extra, ...] = (write_site, write_quality)
STEPS = (
    Step("snapshot", "keeping source files", take_snapshots),
    Step("compare", "comparing with the current release", compare_inputs),
    Step("raw", "reading files", read_raw),
    Step("core", "typing rows", build_core),
    Step("criteria", "judging student groups", build_criteria),
    Step("determinations", "deciding pathways", build_determinations),
    Step("gates", "checking", pass_gates),
    Step("release", "publishing", publish_release),
)


RESULTS, REJECTS, PAGE = "results.json", "rejects.parquet", "index.html"


def write_gate_results(run: Run, report: dict[str, Any]) -> None:
    """Write to OUT/quality the results of the gates, with their first failing rows, and all rejects. They are there
    even if nothing is published.
    """
    folder = run.settings.out / "quality"
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / RESULTS, json.dumps(report, indent=1, default=str).encode())
    with run.connect() as connection:
        written = run.folder / REJECTS
        connection.execute(f"copy rejects to {literal(str(written))} (format parquet)")
    write_atomically(folder / REJECTS, written.read_bytes())


def write_page(out: Path) -> None:
    """Write the page about the last run: from the current release, or from the failed run and its gates."""
    from reports.quality import quality_of_release, quality_of_run, render

    status, release = read_status(out), current_release(out)
    if status["last_outcome"] in GOOD and release is not None:
        quality = quality_of_release(release, status)
    else:
        kept = out / "quality" / RESULTS
        report = (
            json.loads(kept.read_text("utf-8"))
            if status["exit_code"] == GateError.exit_code and kept.exists()
            else None
        )
        quality = quality_of_run(status, report)
    (out / "quality").mkdir(parents=True, exist_ok=True)
    write_atomically(out / "quality" / PAGE, render(quality).encode())
