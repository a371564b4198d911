"""``dta check``: would these inputs pass? ``dta accepted``: which failures a person has accepted."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import AsOf, Out, Source, settings_from

Page = Annotated[Path | None, typer.Option("--page", help="Write the quality page to this file.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the file of --page if it is there.")]


def check(source: Source = None, out: Out = None, as_of: AsOf = None, page: Page = None, force: Force = False) -> None:
    """Run all stages and checks on the loaded files, and publish nothing. Exit code 5 if a release would be stopped."""
    from flows.check import check_inputs, show_report, write_report
    from flows.cli.consoles import err_console, out_console
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
    """List the failures that were accepted: what, who, why and until when."""
    from expectations.acceptances import FILE, load_acceptances
    from flows.cli.consoles import out_console
    from flows.cli.rows import show_rows
    from transforms import clock

    work = settings_from(None, out).work
    rows = load_acceptances(work)
    if not rows:
        out_console.print("Nothing was accepted.")
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
        f"An acceptance ends before when the failing rows or their files change. Register: {work / FILE}",
        soft_wrap=True,
    )
