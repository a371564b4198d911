"""Run the steps on a terminal: a moving line per step, then a summary by pathway and where the release lies."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape

from flows.consoles import moving_line
from flows.logs import json_log, text_log
from flows.runner import Outcome, execute
from flows.show import summary_table
from flows.steps import STEPS, Step
from flows.words import not_listed_as_unused, problem_text, unused_lines, warning_text
from reports.published import FETCH, not_loaded, not_placed, open_release, reissued_files, year_in_force
from transforms.current import DATABASE, current_release, read_manifest
from transforms.run import Run, StepResult
from transforms.settings import Settings
from transforms.words import DESIGNATION


def run_with_progress(settings: Settings, console: Console, log: Console) -> Outcome:
    """Run all steps; progress goes to the error stream, the result to the standard output."""
    for_programs = settings.log == "json"
    told = json_log(log.file) if for_programs else text_log(log)
    with moving_line(log, disable=for_programs) as progress:
        bar = progress.add_task("starting", total=len(STEPS))

        def perform(step: Step, run: Run) -> StepResult:
            progress.update(bar, description=f"{step.name}: {step.doing}")
            result = step.function(run)
            progress.advance(bar)
            return result

        def notify(words: str, done: int, total: int | None) -> None:
            size = f" {done / 1e6:.1f}" + (f" of {total / 1e6:.1f} MB" if total else " MB") if done else ""
            progress.update(bar, description=f"{words}{size}")

        outcome = execute(settings, perform, notify, told)
    console.print(outcome.message, markup=False, soft_wrap=True)
    problems = not_listed_as_unused(outcome.source_problems, outcome.unused)
    for problem in problems:
        console.print(f"[yellow]Not refreshed[/] {escape(problem_text(problem))}.", highlight=False, soft_wrap=True)
    if problems:
        console.print("Where a file was accepted before, that one serves: see dta sources.")
    if outcome.outcome == "published":
        _summary(settings.out, console)
    for line in unused_lines(outcome.unused):
        console.print(line, highlight=False, soft_wrap=True)
    release = current_release(settings.out)
    console.print(f"Release: {settings.out / 'current' / DATABASE}" if release else "", highlight=False, markup=False, soft_wrap=True)
    return outcome


def _summary(out: Path, console: Console) -> None:
    """Counts by pathway of the determination now in force, and the warnings."""
    with open_release(out) as connection:
        year = year_in_force(connection)
        rows = connection.execute(
            "select p.name, e.status, count(*) from eligibility e join pathways p using (pathway) where e.determination_year = ? "
            "group by p.name, p.position, e.status order by p.position",
            [year],
        ).fetchall()
        missing, reissued, unknown = not_loaded(connection), reissued_files(connection), not_placed(connection)
    console.print(summary_table(rows, year))
    for file, added, removed, altered in reissued:
        console.print(f"Reissued: {escape(file)} has {added} rows added, {removed} removed and {altered} altered; see meta_source_changes.", soft_wrap=True)
    if missing:
        lines = escape("; ".join(missing))
        console.print(f"[yellow]Not current[/]: {lines}. Verdicts rest on {year}. To get the files: {FETCH}", highlight=False, soft_wrap=True)
    for line in unknown:
        console.print(f"[yellow]Not used[/] {escape(line)}", highlight=False, soft_wrap=True)
    release = current_release(out)
    for warning in read_manifest(release)["warnings"] if release else []:
        console.print(f"[yellow]▲ Warning[/] {escape(warning_text(warning))}", highlight=False)
    console.print(f"[dim]{DESIGNATION}[/]")
