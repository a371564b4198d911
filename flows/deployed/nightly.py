"""The nightly flow: the steps of ``flows.steps``, each as a Prefect task.

Our own digests decide what is skipped, not Prefect's cache.
"""

from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, runtime, task
from prefect.cache_policies import NO_CACHE

from flows.deployed.artifacts import write_artifacts
from flows.deployed.messages import about_crash, about_eligibility, about_failure
from flows.deployed.notify import notify
from flows.deployed.parameters import Folder, PastDay, SourceName
from flows.logs import event_line
from flows.runner import execute
from flows.steps import STEPS, Step
from transforms.errors import SourceFilesError
from transforms.run import Run, StepResult
from transforms.settings import Settings

RETRY_AFTER = [60.0, 600.0]  # seconds


def is_retryable(task: Any, task_run: Any, state: Any) -> bool:
    """Return True if a publisher or the network failed. A wrong file or a failed check stays so."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, SourceFilesError | OSError)


@task(cache_policy=NO_CACHE, task_run_name="{step_name}")
def perform_step(step_name: str, settings: Settings, folder: Path) -> StepResult:
    """Perform a step, by name, in the run's scratch folder. Tasks pass paths, names and dates, not frames."""
    step = next(s for s in STEPS if s.name == step_name)
    return step.function(Run(settings, folder))


fetch = perform_step.with_options(
    retries=len(RETRY_AFTER), retry_delay_seconds=RETRY_AFTER, retry_condition_fn=is_retryable
)


def run_name() -> str:
    """Return the name of a flow run: its source, and the requested or scheduled day."""
    parameters = runtime.flow_run.parameters
    return (
        f"{Path(str(parameters.get('source') or 'settings')).name} as of"
        f" {parameters.get('as_of') or runtime.flow_run.scheduled_start_time.date()}"
    )


def notify_about_crash(flow: Any, flow_run: Any, state: Any) -> None:
    """Notify about a run whose process was killed, because it could not do so itself."""
    notify(about_crash(flow_run.name, state.message or "no reason is known"))


@flow(name="nightly", flow_run_name=run_name, on_crashed=[notify_about_crash])
def nightly(
    source: SourceName | None = None,
    out: Folder | None = None,
    work: Folder | None = None,
    as_of: PastDay | None = None,
) -> str:
    """Snapshot, read, decide, check and publish. Returns how the run ended; raises if it failed."""
    settings, logger = Settings.given(source=source, out=out, work=work, as_of=as_of), get_run_logger()

    def perform(step: Step, run: Run) -> StepResult:
        performed = fetch if step.name == "snapshot" and run.settings.source == "catalog" else perform_step
        return performed(step.name, run.settings, run.folder)

    try:
        outcome = execute(settings, perform, log=lambda event: logger.info(event_line(event)))
    except Exception as error:
        write_artifacts(settings.out, f"**failed**: {error}")
        notify(about_failure(settings.out, error), logger)
        raise
    write_artifacts(settings.out, f"**{outcome.outcome}**: {outcome.message}")
    if outcome.outcome == "published":
        notify(about_eligibility(settings.out), logger)
    return outcome.outcome
