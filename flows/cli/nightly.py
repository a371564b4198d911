"""``dta schedule``, ``watch``, ``backfill`` and ``notify``: unattended runs."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.consoles import err_console
from flows.cli.consoles import out_console as console
from flows.cli.options import Out, Source, read_day, settings_from
from transforms.errors import ConfigError, ReleaseError


def schedule(
    port: Annotated[
        int, typer.Option("--port", min=1024, max=65535, help="Port of the Prefect server, on this machine only.")
    ] = 4200,
    deployments: Annotated[
        Path | None, typer.Option("--deployments", help="File of deployments; default: prefect.yaml.")
    ] = None,
    out: Out = None,
) -> None:
    """Run every night: start a Prefect server and a worker on this machine, deploy, and keep both running."""
    from flows.deployed.schedule import schedule as keep_up
    from transforms.settings import PROJECT

    keep_up(settings_from(None, out), port, (deployments or PROJECT / "prefect.yaml").absolute(), err_console)


def watch(
    hours: Annotated[
        float, typer.Option("--hours", min=0.01, max=9999, help="Hours without a good check before this is reported.")
    ] = 48,
    out: Out = None,
) -> None:
    """Check that a night went well lately and that the current release is intact.

    If not, exit code 6 and a notification once a day.
    """
    from flows.watch import inspect_releases, is_notification_due
    from transforms.wording.sentences.phrases import capitalized

    folder = settings_from(None, out).out
    seen = inspect_releases(folder, hours)
    for line in seen.lines:
        err_console.print(line, markup=False, soft_wrap=True)
    if folder.is_dir() and is_notification_due(folder, seen):
        from flows.deployed.messages import about_lateness
        from flows.deployed.notify import notify as send

        for failure in send(about_lateness(seen)):
            err_console.print(failure, markup=False)
    if seen.wrong:
        raise ReleaseError(f"{capitalized(seen.headline)}.")
    console.print(f"{capitalized(seen.headline)}.", markup=False, soft_wrap=True)


def backfill(
    first_year: Annotated[int | None, typer.Option("--from", help="First determination year.")] = None,
    last_year: Annotated[int | None, typer.Option("--to", help="Last determination year.")] = None,
    day: Annotated[
        list[date] | None,
        typer.Option(
            "--day", parser=read_day, metavar="DAY", help="Decide as of this day and ignore later records; repeatable."
        ),
    ] = None,
    source: Source = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write to; each year or day gets a folder of releases in it.")
    ] = None,
) -> None:
    """Decide earlier years or days from the files that are loaded today, each into its own folder."""
    from flows.backfill import fill, plan
    from flows.logs import json_log, text_log
    from flows.runner import execute

    settings = settings_from(source)
    log = json_log(err_console.file) if settings.log == "json" else text_log(err_console)
    targets = plan(settings, first_year, last_year, day or [], out)
    fill(
        targets,
        lambda t: execute(t.settings, lambda step, run: step.function(run), log=log),
        lambda words: console.print(words, markup=False),
    )


def notify() -> None:
    """Send a test message to every channel that is set up (DTA_NOTIFY_*)."""
    from flows.deployed.messages import sample_message
    from flows.deployed.notify import load
    from flows.deployed.notify import notify as send

    settings = load()
    if not (settings.blocks or settings.slack_url or settings.teams_url or settings.mail_server):
        raise ConfigError(
            "No channel is set up: notifications are off. Set DTA_NOTIFY_BLOCKS, _SLACK_URL, _TEAMS_URL or"
            " _MAIL_SERVER."
        )
    failures = send(sample_message(), settings=settings.model_copy(update={"occasions": "failure"}))
    if failures:
        raise ConfigError("\n".join(failures))
    console.print("Sent.")
