"""The nightly flow: the steps of ``flows.steps``, each as a Prefect task. What is skipped is decided by our own digests."""

from datetime import date
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows.runner import execute
from flows.steps import STEPS, Step
from transforms.run import Run, StepResult
from transforms.settings import Settings


@task(cache_policy=NO_CACHE, task_run_name="{step_name}")
def perform_step(step_name: str, settings: Settings, folder: Path) -> StepResult:
    """One step, by name, in the scratch folder of the run: paths, names and dates cross the task border, never frames."""
    step = next(s for s in STEPS if s.name == step_name)
    return step.function(Run(settings, folder))


@flow(name="nightly")
def nightly(source: str = "sample", out: Path | None = None, work: Path | None = None, as_of: date | None = None) -> str:
    """Snapshot, read, decide, check and publish. Returns how the run ended; raises when nothing could be published."""
    given: dict[str, Any] = {"source": source, "out": out, "work": work, "as_of": as_of}
    settings = Settings(**{name: value for name, value in given.items() if value is not None})

    def perform(step: Step, run: Run) -> StepResult:
        return perform_step(step.name, run.settings, run.folder)

    outcome = execute(settings, perform)
    create_markdown_artifact(f"**{outcome.outcome}**: {outcome.message}\n\nRelease: `{outcome.release_id}`", key="run-summary")
    return outcome.outcome
