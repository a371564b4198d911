"""``dta explain``, ``sql``, ``compare``, ``status``, ``sources`` and ``site``: read the current release."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.cli.consoles import out_console
from flows.cli.options import Force, Out, Source, Year, released, settings_from

SHOWN_ROWS = 200


def explain(
    name: Annotated[str, typer.Argument(help="Name or CDS code of a district, county office or charter school.")],
    year: Year = None,
    full: Annotated[bool, typer.Option("--full", help="Add causes, what to watch, loans, cases and sources.")] = False,
    out: Out = None,
) -> None:
    """Show why an LEA is eligible or not, or what is missing, with its student groups by Dashboard."""
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
    query: Annotated[str | None, typer.Argument(help="SQL query on the tables of the current release.")] = None,
    recipe: Annotated[
        str | None,
        typer.Option("--recipe", help="Name of a saved question to run instead of a query."),
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", help="Value for a parameter of the recipe, as name=value; repeatable."),
    ] = None,
    recipes: Annotated[bool, typer.Option("--recipes", help="List the saved questions.")] = False,
    format: Annotated[
        Literal["table", "csv", "plain-csv", "json", "parquet"],
        typer.Option("--format", help="Format of rows: table; csv for Excel; plain-csv, json or parquet for programs."),
    ] = "table",
    out_file: Annotated[
        Path | None,
        typer.Option("--out-file", help="Write the rows to this file; the default format follows its extension."),
    ] = None,
    force: Force = False,
    out: Out = None,
) -> None:
    """Query the current release (read-only), or run a saved question."""
    from flows.cli.question import list_recipes, requested_query

    if recipes:
        return list_recipes(out_console)
    text, parameters = requested_query(query, recipe, param or [])
    place = released(out)
    from flows.cli.query import run_query, write_query

    if out_file:
        return write_query(place, text, format, out_file, force, out_console, parameters)
    return run_query(place, text, format, out_console, SHOWN_ROWS, parameters)


def compare(
    a: Annotated[
        str | None,
        typer.Argument(
            help="Determination year, or release ('previous', 'current', id or tag); default: the last two years."
        ),
    ] = None,
    b: Annotated[str | None, typer.Argument(help="Year or release to compare it with.")] = None,
    format: Annotated[
        Literal["words", "csv", "plain-csv", "json"],
        typer.Option("--format", help="Format of changes: words; csv for Excel; plain-csv or json for programs."),
    ] = "words",
    full: Annotated[
        bool, typer.Option("--full", help="In words: add verdicts that are not eligible on either side.")
    ] = False,
    out: Out = None,
) -> None:
    """Show which verdicts differ between two determination years or two releases, and because of which groups."""
    from flows.cli.tables import show_comparison
    from reports.compare import compare as collect

    show_comparison(out_console, collect(settings_from(out=out).out, a, b), format, full)


def status(out: Out = None) -> None:
    """Show the current release, its age and sources, and how the last run ended."""
    from flows.cli.status import show_status

    if code := show_status(settings_from(out=out).out, out_console):
        raise typer.Exit(code)


def sources(
    source: Source = None,
    out: Out = None,
    year: Annotated[int | None, typer.Option("--year", help="Only files of this Dashboard year.")] = None,
    missing: Annotated[bool, typer.Option("--missing", help="Only files that are not loaded.")] = False,
) -> None:
    """List the files of the catalog: whether they are loaded, how fresh they are, and when changes are expected."""
    from flows.cli.status import show_sources

    show_sources(settings_from(source, out), out_console, year, missing)


def site(
    out: Out = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the first page in the browser.")] = True,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port on the loopback address; 0 picks a free one.")
    ] = 0,
) -> None:
    """Show the pages, tables and SQL of the current release in the browser, on this computer only."""
    place = released(out)
    from reports.serve.server import serve_site

    serve_site(place, out_console, open_browser, port)
