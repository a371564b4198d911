"""``dta check``: would these inputs pass?"""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.options import AsOf, Out, Source, err_console, out_console, settings_from


def check(
    source: Source = None,
    out: Out = None,
    as_of: AsOf = None,
    page: Annotated[Path | None, typer.Option("--page", help="Write the quality page to this file.")] = None,
) -> None:
    """Run all stages and checks on the files at hand, and publish nothing. Exit code 5 if a release would be stopped."""
    from flows.check import check_inputs, show_report, write_report

    settings = settings_from(source, out, as_of.date() if isinstance(as_of, datetime) else None)
    report = check_inputs(settings, err_console)
    show_report(report, out_console)
    if page:
        write_report(report, page, settings)
        out_console.print(f"Page: {page}", highlight=False, soft_wrap=True)
    if report.stopping:
        raise typer.Exit(5)
