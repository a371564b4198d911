"""``dta run`` runs once; with ``--at``, only if a nightly run is due. ``dta check`` shows whether the inputs pass.
``dta accepted`` lists the failures that people have accepted.
"""

from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.cli.consoles import err_console, out_console
from flows.cli.options import AsOf, Force, Out, Source, read_day, settings_from
from transforms import clock
from transforms.errors import DtaError, ReleaseError, UsageError
from transforms.interrupt import Interrupted
from transforms.locks import run_lock

Year = Annotated[
    int | None,
    typer.Option("--year", help="Decide as of the last day on which the determination of this year was in force."),
]
LogAs = Annotated[
    Literal["text", "json"] | None, typer.Option("--log", help="Format of the log of steps; default: DTA_LOG, or text.")
]
At = Annotated[
    str | None,
    typer.Option(
        "--at",
        help=(
            "Run only if no run has ended since this time of day in California (such as 04:15). For cron, every 15"
            " minutes."
        ),
    ),
]
Accept = Annotated[
    list[str] | None,
    typer.Option("--accept", help="Check of class fault whose failing rows you accept; repeatable."),
]
Because = Annotated[str | None, typer.Option("--because", help="Why you accept them; required with --accept.")]
By = Annotated[str | None, typer.Option("--by", help="Who accepts them; default: your user name.")]
Until = Annotated[
    date | None,
    typer.Option(
        "--until", parser=read_day, metavar="DAY", help="Last day of the acceptance; default: 90 days from today."
    ),
]


def run(
    source: Source = None,
    out: Out = None,
    as_of: AsOf = None,
    year: Year = None,
    log: LogAs = None,
    at: At = None,
    accept: Accept = None,
    because: Because = None,
    by: By = None,
    until: Until = None,
) -> None:
    """Read the sources, decide, check, and publish a release if anything changed."""
    from flows.cli.progress import run_with_progress
    from transforms.rules.load import last_day_in_force, load_rules

    if as_of and year:
        raise UsageError("Give --as-of or --year, not both: each names the day as of which to decide.")
    settings = settings_from(source, out, as_of)
    if (by or until) and not (accept or settings.accept):
        raise UsageError("--by and --until need --accept, which names a check.")
    if year is not None:
        settings = settings.model_copy(
            update={"as_of": last_day_in_force(load_rules(settings.reference), year, settings.as_of)}
        )
    given = {
        "log": log,
        "accept": ",".join(accept or []),
        "accept_because": because,
        "accept_by": by,
        "accept_until": until,
    }
    settings = settings.model_copy(update={name: value for name, value in given.items() if value})
    if settings.accept or settings.accept_because:
        from expectations.acceptances import requested_acceptance

        requested_acceptance(settings)  # a check that cannot be accepted is refused before the run begins
    if at is not None and not is_due(settings.out, time_of_day(at)):
        return
    try:
        run_with_progress(settings, out_console, err_console)
    except DtaError as error:
        if settings.log == "text":
            raise
        raise typer.Exit(error.exit_code) from error  # the log has the message
    except Interrupted as error:
        if settings.log == "text":
            raise
        raise typer.Exit(error.exit_code) from None  # the log has the message


def time_of_day(text: str) -> time:
    """Return a time of day written as 04:15. Raises UsageError."""
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    except (TypeError, ValueError) as error:
        raise UsageError(f"--at takes a time of day in California, written as 04:15 (value {text!r}).") from error


def is_due(out: Path, at: time) -> bool:
    """Return True if no run for ``out`` has ended since it was last ``at`` in California, and none is in progress.

    The next call makes up for a run that was missed or killed. After a failed run, the next run is due at the next
    ``at``.
    """
    from transforms.release.run_records import read_status

    last = read_status(out).get("last_run")
    if last and datetime.fromisoformat(last) >= clock.latest_slot(at, clock.now()):
        return False
    try:
        with run_lock(out):
            return True
    except ReleaseError:
        return False


Page = Annotated[Path | None, typer.Option("--page", help="Write the quality page to this file.")]


def check(source: Source = None, out: Out = None, as_of: AsOf = None, page: Page = None, force: Force = False) -> None:
    """Run all stages and checks on the loaded files without publishing. Exit code 5 if a check stops the release."""
    from flows.check import check_inputs, show_report, write_report
    from reports.output import refuse_place

    settings = settings_from(source, out, as_of)
    if page:
        refuse_place(page, force)
    report = check_inputs(settings, err_console)
    show_report(report, out_console)
    if page:
        write_report(report, page, settings, force)
        out_console.print(f"Page: {page}", markup=False, soft_wrap=True)
    if report.stopping:
        raise typer.Exit(5)


def accepted(out: Out = None) -> None:
    """List accepted failures: which check, by whom, why and until when."""
    from expectations.acceptances import FILE, load_acceptances
    from flows.cli.rows import show_rows

    work = settings_from(None, out).work
    rows = load_acceptances(work)
    if not rows:
        out_console.print("No failures have been accepted.")
        return
    columns = ["check", "table or file", "rows", "by", "on", "until", "because"]
    cells = []
    for a in rows:
        until = f"{a.accepted_until}{' (expired)' if a.accepted_until < clock.today() else ''}"
        cells.append(
            (
                a.check_id,
                a.table_name,
                f"{a.failing_rows:,}",
                a.accepted_by,
                f"{clock.day_of(a.accepted_at)}",
                until,
                a.because,
            )
        )
    show_rows(out_console, columns, cells, len(cells))
    out_console.print(
        f"An acceptance ends early if the failing rows or their files change. Register: {work / FILE}",
        soft_wrap=True,
    )
