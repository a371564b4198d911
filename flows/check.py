"""Run all stages and gates on the present files without publishing."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.cli.consoles import progress_line
from transforms.folders import claim_work
from transforms.release.check_result import count_failed, what_to_do
from transforms.run import Run, StepResult
from transforms.settings import Settings
from transforms.wording.sentences.phrases import capitalized

if TYPE_CHECKING:
    from expectations.gates import GateReport

SHOWN = 5  # failing rows in a terminal; the page shows a hundred


def check_inputs(settings: Settings, log: Console) -> "GateReport":
    """Return the results of the four gates on the present inputs. Only reads the folder of releases.

    Raises what the stages raise.
    """
    from expectations.gates import check
    from expectations.judging import judge_process, prepare
    from flows.steps import STEPS, compare_inputs
    from transforms.inputs import check_configuration
    from transforms.sources.fetch import from_store

    claim_work(settings)
    run = Run.start(settings)
    try:
        check_configuration(run)
        with progress_line(log) as progress, judge_process(run):
            prepare(run)
            bar = progress.add_task("starting")
            run.notify = lambda words, done, total: progress.update(bar, description=words)

            def perform(name: str, doing: str, function: Callable[[Run], StepResult]) -> None:
                progress.update(bar, description=f"{name}: {doing}")
                started = time.perf_counter()
                result = function(run)
                log.print(
                    f"{name:<15} {time.perf_counter() - started:6.2f} s  {result.message}", markup=False, soft_wrap=True
                )

            for step in STEPS:
                if step.name == "compare":
                    compare_inputs(run)  # saves the digest of the inputs; a check also runs on unchanged inputs
                elif step.name == "snapshot" and settings.source == "catalog":
                    perform(step.name, step.doing, from_store)
                elif step.name not in ("gates", "release"):
                    perform(step.name, step.doing, step.function)
            progress.update(bar, description="gates: checking")
            return check(run)
    finally:
        run.finish()


def show_report(report: "GateReport", console: Console) -> None:
    """Print what did not pass with its first rows, then one line per gate."""
    for result in sorted(
        (r for r in report.results if r.outcome != "passed"), key=lambda r: (r.stops_release, r.severity != "info")
    ):
        mark = (
            "[bold red]✗ stops the release[/]"
            if result.stops_release
            else "[yellow]▲ warning[/]"
            if result.warns
            else "● info"
        )
        what = "could not run" if result.outcome == "error" else count_failed(result.failing_rows)
        console.print(
            f"{mark} Check {escape(result.check_id)} on {escape(result.table_name)} {what}: {escape(result.sentence)}"
        )
        console.print(f"   [dim]{escape(result.note or result.reason)}[/]")
        for text in result.rows[:SHOWN]:
            fields = ", ".join(f"{k} {v}" for k, v in json.loads(text).items() if v is not None)
            console.print(f"   · {escape(fields)}", soft_wrap=True)
        if result.outcome == "error":
            console.print(f"   {escape(result.detail)}", soft_wrap=True)
    table = Table(title="Gates", title_justify="left")
    table.add_column("Gate")
    for heading in ("passed", "stop the release", "warnings", "info"):
        table.add_column(heading, justify="right")
    for gate in dict.fromkeys(r.gate for r in report.results):
        of_gate = [r for r in report.results if r.gate == gate]
        passed = sum(r.outcome == "passed" for r in of_gate)
        stops = sum(r.stops_release for r in of_gate)
        warns = sum(r.warns for r in of_gate)
        table.add_row(gate, *map(str, (passed, stops, warns, len(of_gate) - passed - stops - warns)))
    console.print(table)
    for line in what_to_do(report.stopping):
        console.print(escape(line), soft_wrap=True)
    console.print(f"{capitalized(report.summary)}. Nothing was published.")


def write_report(report: "GateReport", page: Path, settings: Settings, force: bool) -> None:
    """Write the quality page about this check.

    Raises OutputError if the file exists and ``force`` is not given.
    """
    from reports.output import whole_file
    from reports.quality import quality_of_run, render
    from transforms import clock
    from transforms.release.current import current_release

    release = current_release(settings.out)
    status = {
        "last_outcome": "checked",
        "message": f"A check of the present inputs, as of {settings.as_of}: {report.summary}. Nothing was published.",
        "last_run": clock.stamp(),
        "release_id": release.name if release else None,
        "exit_code": 5 if report.stopping else 0,
    }
    with whole_file(page, force) as path:
        path.write_text(render(quality_of_run(status, report.as_record())), "utf-8")
