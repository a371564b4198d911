"""``dta explain``, ``sql``, ``compare``, ``status``, ``sources`` and ``site``: what the current release says."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.cli.consoles import out_console
from flows.cli.options import Out, Source, Year, released, settings_from

SHOWN_ROWS = 200


def explain(
    name: Annotated[str, typer.Argument(help="Name or CDS code of a district or county office.")],
    year: Year = None,
    full: Annotated[bool, typer.Option("--full", help="Also causes, what to watch, loans, cases and sources.")] = False,
    out: Out = None,
) -> None:
    """Say why an LEA is eligible or not, or what is missing; show its student groups by Dashboard."""
    place = released(out)
    from flows.cli.tables import show_report
    from reports.book import read_book
    from reports.lea import collect
    from reports.published import find_lea, open_release

    with open_release(place) as connection:
        book = read_book(connection)
        lea = find_lea(connection, name)
        show_report(out_console, next(collect(connection, book, [lea], book.asked_year(year))), full)


def sql(
    query: Annotated[str | None, typer.Argument(help="A query on the tables of the current release.")] = None,
    recipe: Annotated[
        str | None,
        typer.Option("--recipe", help="A question that is kept with its query, by name, in place of a query."),
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", help="A value for a parameter of the recipe, as name=value; may be given again."),
    ] = None,
    recipes: Annotated[bool, typer.Option("--recipes", help="List the questions that are kept.")] = False,
    format: Annotated[
        Literal["table", "csv", "plain-csv", "json", "parquet"],
        typer.Option("--format", help="How rows are written: csv for Excel; plain-csv, json or parquet for programs."),
    ] = "table",
    out_file: Annotated[
        Path | None,
        typer.Option("--out-file", help="Write the rows to this file; its ending says how, if --format does not."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
    out: Out = None,
) -> None:
    """Query the current release, read-only; or ask one of the questions that are kept."""
    from flows.cli.question import asked_query, list_recipes

    if recipes:
        return list_recipes(out_console)
    text, parameters = asked_query(query, recipe, param or [])
    place = released(out)
    from flows.cli.query import run_query, write_query

    if out_file:
        return write_query(place, text, format, out_file, force, out_console, parameters)
    return run_query(place, text, format, out_console, SHOWN_ROWS, parameters)


def compare(
    a: Annotated[
        str | None,
        typer.Argument(
            help="A determination year, or a release: its id, 'previous' or 'current'. Without any, the last two years."
        ),
    ] = None,
    b: Annotated[str | None, typer.Argument(help="Another one of the same kind.")] = None,
    format: Annotated[
        Literal["words", "csv", "plain-csv", "json"],
        typer.Option("--format", help="How changes are written to the standard output."),
    ] = "words",
    full: Annotated[
        bool, typer.Option("--full", help="In words: also verdicts that are not eligible on either side.")
    ] = False,
    out: Out = None,
) -> None:
    """Say which verdicts differ between two determination years or two releases, and by which student groups."""
    from flows.cli.tables import show_comparison
    from reports.compare import compare as collect

    show_comparison(out_console, collect(settings_from(out=out).out, a, b), format, full)


def status(out: Out = None) -> None:
    """Say which release is current, how old it is, how the last run ended, and what it was made from."""
    from flows.cli.status import show_status

    if code := show_status(settings_from(out=out).out, out_console):
        raise typer.Exit(code)


def sources(
    source: Source = None,
    out: Out = None,
    year: Annotated[int | None, typer.Option("--year", help="Only files of this Dashboard year.")] = None,
    missing: Annotated[bool, typer.Option("--missing", help="Only files that are not loaded.")] = False,
) -> None:
    """List the files that the pipeline knows: where they come from, whether they are loaded, and how fresh they are."""
    from flows.cli.status import show_sources

    show_sources(settings_from(source, out), out_console, year, missing)


def site(
    out: Out = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the first page in the browser.")] = True,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port of the loopback address; 0 is any free one.")
    ] = 0,
) -> None:
    """Show pages, tables and SQL of the current release in the browser, on this computer only."""
    place = released(out)
    from reports.serve.server import serve_site

    serve_site(place, out_console, open_browser, port)
