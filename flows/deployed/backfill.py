"""The backfill as a deployed flow."""

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from pydantic import Field

from flows.backfill import Target, fill, plan
from flows.deployed.parameters import Folder, PastDay, SourceName, Year
from flows.logs import event_line
from flows.runner import Outcome, execute
from transforms.settings import Settings


@task(cache_policy=NO_CACHE, task_run_name="{target.label}")
def decide(target: Target) -> Outcome:
    """Decide one folder."""
    logger = get_run_logger()
    return execute(
        target.settings, lambda step, run: step.function(run), log=lambda event: logger.info(event_line(event))
    )


@flow(name="backfill")
def backfill(
    source: SourceName | None = None,
    first_year: Year | None = None,
    last_year: Year | None = None,
    days: list[PastDay] = Field(default=[], description="days as of which to decide"),  # noqa: B008
    out: Folder | None = None,
    work: Folder | None = None,
) -> list[str]:
    """Decide a range of determination years, or days. Returns the ids of the releases."""
    logger = get_run_logger()
    targets = plan(Settings.given(source=source, work=work), first_year, last_year, days, out)
    return [str(o.release_id) for o in fill(targets, decide, logger.info)]
