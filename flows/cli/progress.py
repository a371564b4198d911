"""Run the steps in a terminal: a moving line per step, then the result, what is not loaded, and what to do next."""

import textwrap
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from flows.cli.consoles import progress_line
from flows.cli.phrases import changes_lines, for_shell, not_listed_as_unused, problem_lines, unused_lines
from flows.logs import json_log, text_log
from flows.runner import execute
from flows.steps import STEPS, Step
from reports.answer import Answer, read_answer
from reports.published import FETCH, Row, not_loaded, not_placed, open_release, reissued_files, rows
from reports.release_changes import release_changes
from transforms.release.check_result import warning_text
from transforms.release.current import DATABASE, current_release, read_manifest
from transforms.run import Run, StepResult
from transforms.settings import Settings
from transforms.wording.labels import DESIGNATION

LINES = 10  # most lines of names under a heading


def run_with_progress(settings: Settings, console: Console, log: Console) -> None:
    """Run all steps. Progress goes to the error stream, the result to the standard output."""
    for_programs = settings.log == "json"
    run_log = json_log(log.file) if for_programs else text_log(log)
    with progress_line(log, disable=for_programs) as progress:
        bar = progress.add_task("starting", total=len(STEPS))

        def perform(step: Step, run: Run) -> StepResult:
            progress.update(bar, description=f"{step.name}: {step.doing}")
            result = step.function(run)
            progress.advance(bar)
            return result

        def notify(words: str, done: int, total: int | None) -> None:
            size = f" {done / 1e6:.1f}" + (f" of {total / 1e6:.1f} MB" if total else " MB") if done else ""
            progress.update(bar, description=f"{words}{size}")

        outcome = execute(settings, perform, notify, run_log)
    console.print(outcome.message, markup=False, soft_wrap=True)
    problems = not_listed_as_unused(outcome.source_problems, outcome.unused)
    for line in problem_lines(problems):
        console.print(f"[yellow]Not refreshed[/] {escape(line)}.", soft_wrap=True)
    if problems:
        console.print("Earlier files are used if there are any: see dta sources.")
    release = current_release(settings.out)
    if release:
        _print_answer(settings.out, console)
    for line in unused_lines(outcome.unused):
        console.print(line, soft_wrap=True)
    if release:
        console.print(f"Release: {_relative_to_cwd(settings.out / 'current' / DATABASE)}", markup=False, soft_wrap=True)


def _relative_to_cwd(path: Path) -> Path:
    """Return the path relative to the working folder if it is inside it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _print_answer(out: Path, console: Console) -> None:
    """Print the sentence of the home page, who is new and who left, what is not loaded, warnings, and what to do next:
    at most one screen of 80 columns.
    """
    with open_release(out) as connection:
        answer = read_answer(connection)
        missing = not_loaded(connection)
        reissued = reissued_files(connection)
        unknown = not_placed(connection)
        (release,) = rows(connection, "select scope from meta_release")
        changes = release_changes(connection)
    console.print()
    _print(console, answer.sentence, "bold")
    _print(console, f"{release['scope']}.")
    _print_leas(console, f"New in {answer.year}", answer.new, answer)
    _print_leas(console, f"Left since {answer.before}", answer.left, answer)
    if answer.not_determined:
        _print(console, answer.not_determined)
    for line in changes_lines(changes):
        _print(console, line)
    if missing:
        _print(console, f"{'; '.join(missing)}. To get the files: {FETCH}")
    for file, added, removed, altered in reissued:
        _print(
            console,
            f"Reissued: {file} has {added} rows added, {removed} removed and {altered} altered; see"
            " meta_source_changes.",
        )
    for line in unknown:
        console.print(f"[yellow]Not used[/] {escape(line)}", soft_wrap=True)
    current = current_release(out)
    warnings = read_manifest(current)["warnings"] if current else []
    for warning in warnings:
        console.print(f"[yellow]▲ Warning[/] {escape(warning_text(warning))}")
    if warnings:
        page = _relative_to_cwd(out / "quality" / "index.html")
        console.print(f"Which rows, and what to do: {escape(str(page))}", soft_wrap=True)
    _print(console, DESIGNATION, "dim")
    example = next(iter((*answer.new, *answer.meet, *answer.loans)), None)
    console.print()
    _print(console, "Look:  dta site")
    if example:
        _print(console, f"Ask:   dta explain {for_shell(example['lea_name'])}")


def _print_leas(console: Console, heading: str, leas: Sequence[Row], answer: Answer) -> None:
    """Print a heading with the number of LEAs, and a paragraph of their names and counties."""
    if not leas:
        return
    lines = textwrap.wrap(
        ", ".join(f"{r['lea_name']} ({r['county']})" for r in leas), console.width - 2, break_on_hyphens=False
    )
    cut = [f"and more: dta compare {answer.before} {answer.year}"] if len(lines) > LINES else []
    _print(console, f"{heading} ({len(leas)}):")
    for line in (*lines[: LINES - len(cut)], *cut):
        _print(console, f"  {line}")


def _print(console: Console, text: str, style: str = "") -> None:
    console.print(text, style=style, markup=False)
