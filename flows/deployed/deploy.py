"""Deploy to a Prefect server: the work pool, everything in prefect.yaml, and the automation that clears a dead run's
slot.

Run ``python -m flows.deployed.deploy [FILE]`` with PREFECT_API_URL and DTA_PROJECT set. ``dta schedule`` does this at
each start.
"""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectNotFound

from flows.deployed.schedule import POOL
from transforms.errors import ConfigError
from transforms.settings import PROJECT

SILENCE = timedelta(seconds=90)  # three heartbeats of 30 seconds
DEAD_RUNS = AutomationCore(
    name="dta: clear dead runs",
    description=(
        "A run whose process and worker are gone stays RUNNING and keeps its slot. After 90 seconds without a heartbeat"
        " it is marked crashed."
    ),
    trigger=EventTrigger(
        after={"prefect.flow-run.heartbeat"},
        expect={f"prefect.flow-run.{state}" for state in ("heartbeat", "Completed", "Failed", "Cancelled", "Crashed")},
        match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=SILENCE,
    ),
    actions=[
        ChangeFlowRunState(
            name="Crashed",
            force=False,
            state=StateType.CRASHED,
            message=f"No heartbeat for {SILENCE.seconds} seconds: the process or machine is gone.",
        )
    ],
)


def deploy(file: Path) -> None:
    """Make the server match ``file``. Can be repeated. Raises ConfigError with Prefect's output."""
    with get_client(sync_client=True) as client:
        try:
            client.read_work_pool(POOL)
        except ObjectNotFound:
            _prefect("work-pool", "create", POOL, "--type", "process")
    # If one field is invalid, Prefect deploys nothing from the file; its exit code shows this.
    _prefect("deploy", "--all", "--prefect-file", str(file))
    with get_client(sync_client=True) as client:
        known = client.read_automations_by_name(DEAD_RUNS.name)
        for duplicate in known[1:]:
            client.delete_automation(duplicate.id)
        if known:
            client.update_automation(known[0].id, DEAD_RUNS)
        else:
            client.create_automation(DEAD_RUNS)


def _prefect(*arguments: str) -> None:
    command = [sys.executable, "-m", "prefect", "--no-prompt", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=False)  # noqa: S603
    if ended.returncode:
        raise ConfigError(f"prefect {' '.join(arguments)} failed:\n{ended.stdout}{ended.stderr}")


if __name__ == "__main__":
    try:
        deploy(Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "prefect.yaml")
    except ConfigError as refused:
        sys.exit(str(refused))
