"""``dta estimate``: what the next Dashboard may bring, from the release alone or with local estimates."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.consoles import err_console as log
from flows.cli.consoles import out_console as console
from flows.cli.consoles import print_written
from flows.cli.options import Force, Out, To, settings_from
from transforms.errors import UsageError, few_of

if TYPE_CHECKING:
    from transforms.estimate.compute import Estimate


def estimate(
    file: Annotated[
        Path | None, typer.Argument(help="Local estimates: a file that --template wrote and you filled in.")
    ] = None,
    template: Annotated[
        str | None, typer.Option("--template", help="Write a file to fill in for this county (name or code).")
    ] = None,
    year: Annotated[
        int | None,
        typer.Option("--year", help="Determination year; default: the first after the newest loaded Dashboard."),
    ] = None,
    rules: Annotated[
        str | None, typer.Option("--rules", help="2026-preview; default: the newest confirmed rules.")
    ] = None,
    carry_over: Annotated[
        bool, typer.Option("--carry-over", help="Use results of the newest Dashboard for missing ones, and mark them.")
    ] = False,
    to: To = Path(),
    out: Out = None,
    force: Force = False,
) -> None:
    """Show which LEAs are certain, possible or ruled out on the next Dashboard that is not loaded.

    Writes tables, pages and a workbook to a new folder. They are never part of a release.
    """
    from reports.output import file_name, whole_folder
    from reports.published import release_database
    from transforms.estimate.compute import Estimate, EstimateOptions

    settings = settings_from(out=out)
    if template is not None and file is not None:
        raise UsageError("Give a file of estimates or --template, not both.")
    options = EstimateOptions(file, year, rules, carry_over)
    database = release_database(settings.out)
    with Estimate(database, settings.reference, settings.memory_limit, settings.build / "spill", options) as found:
        if template is not None:
            return _write_template(found, template, to, force)
        parts = ["dta-estimate", str(found.year), "preview" if rules else "", file_name(file.stem) if file else ""]
        target = to / "-".join(filter(None, parts))
        with whole_folder(target, force) as folder:  # refuses before anything is computed
            found.compute()
            _warn(found)
            _write_all(found, folder)
        _show(found)
    return print_written(target)


def _write_template(found: "Estimate", county: str, to: Path, force: bool) -> None:
    from reports.output import file_name, whole_file
    from reports.printed.county import find_county
    from transforms.estimate.file import template_of
    from transforms.estimate.tables import BASE
    from transforms.release.csv_for_people import write_csv

    found.connection.execute(f"set search_path = 'memory.main,{BASE}'")
    code, name = find_county(found.connection, county)
    found.connection.execute("reset search_path")
    found.build_ahead()
    table = template_of(found.connection, BASE, code, found.measures)
    if not table.num_rows:
        raise UsageError(f"The release has no LEA of {name} County.")
    target = to / f"dta-estimates-{file_name(name)}-{found.year}.csv"
    with whole_file(target, force) as path:
        write_csv(table, path)
    console.print(
        f"{table.num_rows:,} rows to fill in, for the rules {found.named}. Leave a value empty if you do not know it;"
        " write none if there is no result. Then: dta estimate FILE.csv"
    )
    print_written(target)


def _write_all(found: "Estimate", folder: Path) -> None:
    from reports.estimate.pages import write_pages
    from reports.estimate.workbook import write_estimate_workbook
    from transforms.estimate.tables import write_tables

    write_tables(found.connection, found.notice, folder)
    for what, write in (("pages", write_pages), ("workbook", write_estimate_workbook)):
        log.print(f"Writing {what} …")
        write(folder)


def _warn(found: "Estimate") -> None:
    """Warn about lines that may be about the wrong group. They are used."""
    if lines := found.without_precedent:
        log.print(
            f"Warning: no loaded Dashboard has a result of this group or indicator (line {few_of(lines, 10)}). The line"
            " is still used."
        )


def _show(found: "Estimate") -> None:
    """Print the result: counts as a range, and what the release covers."""
    from transforms.estimate.tables import COUNTS
    from transforms.wording.sentences.estimate import counts_sentences

    rows = found.connection.execute(COUNTS).fetchall()
    console.print(f"{found.notice} Rules: {found.named}. Year: {found.year}.", markup=False)
    for sentence in counts_sentences(rows):
        console.print(sentence, markup=False)
    ((scope,),) = found.connection.execute("select scope from estimate_about").fetchall()
    console.print(f"The release covers: {scope}", markup=False)
