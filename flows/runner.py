"""Run the steps in order, whoever performs them, and leave a record of how it ended."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from flows.quality import write_page
from flows.steps import STEPS, Step
from transforms.current import current_release
from transforms.errors import DtaError
from transforms.run import Notify, Run, StepResult
from transforms.settings import Settings
from transforms.status import record_run

Perform = Callable[[Step, Run], StepResult]


@dataclass(frozen=True)
class Outcome:
    """How a run ended: published or unchanged, in words, and the release that ``current`` points to."""

    outcome: str
    message: str
    release_id: str | None
    source_problems: list[dict[str, str]] = field(default_factory=list)


def execute(settings: Settings, perform: Perform, notify: Notify | None = None) -> Outcome:
    """Perform each step; stop early when nothing changed. Failures are recorded in status.json and raised."""
    settings.out.mkdir(parents=True, exist_ok=True)
    run = Run.start(settings)
    run.notify = notify or run.notify
    try:
        for step in STEPS:
            result = perform(step, run)
            if result.finished:
                break
    except Exception as error:
        exit_code = error.exit_code if isinstance(error, DtaError) else 1
        details = run.fact("gate_results") if run.has_fact("gate_results") else []
        record_run(settings.out, "failed", str(error) or type(error).__name__, _current_id(settings), exit_code, details, _problems(run))
        with suppress(OSError):  # a full disk must not hide why the run failed
            write_page(settings.out)
        raise
    else:
        problems = _problems(run)
    finally:
        run.finish()
    outcome = "unchanged" if result.finished else "published"
    release_id = _current_id(settings)
    record_run(settings.out, outcome, result.message, release_id, 0, source_problems=problems)
    write_page(settings.out)
    return Outcome(outcome, result.message, release_id, problems)


def _problems(run: Run) -> list[dict[str, str]]:
    """Sources that could not be refreshed or accepted in this run."""
    problems: list[dict[str, str]] = run.fact("source_problems") if run.has_fact("source_problems") else []
    return problems


def _current_id(settings: Settings) -> str | None:
    release = current_release(settings.out)
    return release.name if release else None
