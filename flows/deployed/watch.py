"""The watch as a deployed flow.

The timer or crontab that calls ``dta watch`` is the one that also sees a dead scheduler.
"""

from prefect import flow, get_run_logger

from flows.deployed.messages import about_lateness
from flows.deployed.notify import notify
from flows.deployed.parameters import Folder, Hours
from flows.watch import look, tell_now
from transforms.errors import ReleaseError
from transforms.settings import Settings


@flow(name="watch")
def watch(hours: Hours = 48, out: Folder | None = None) -> str:
    """Fail, and tell once a day, when there was no good release for so many hours, or the current one is damaged."""
    folder, logger = Settings.given(out=out).out, get_run_logger()
    seen = look(folder, hours)
    if tell_now(folder, seen):
        notify(about_lateness(seen), logger)
    if seen.wrong:
        raise ReleaseError(seen.headline)
    return seen.headline
