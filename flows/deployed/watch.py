"""The watch as a deployed flow.

Only a timer or crontab that calls ``dta watch`` also detects a dead scheduler.
"""

from prefect import flow, get_run_logger

from flows.deployed.messages import about_lateness
from flows.deployed.notify import notify
from flows.deployed.parameters import Folder, Hours
from flows.watch import inspect_releases, is_notification_due
from transforms.errors import ReleaseError
from transforms.settings import Settings


@flow(name="watch")
def watch(hours: Hours = 48, out: Folder | None = None) -> str:
    """Fail, and notify once a day, if there was no good release for ``hours`` hours or the current one is damaged."""
    folder, logger = Settings.given(out=out).out, get_run_logger()
    seen = inspect_releases(folder, hours)
    if is_notification_due(folder, seen):
        notify(about_lateness(seen), logger)
    if seen.wrong:
        raise ReleaseError(seen.headline)
    return seen.headline
