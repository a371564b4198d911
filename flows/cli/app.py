"""The command ``dta``."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape

from flows.cli.build import build
from flows.cli.check import accepted, check
from flows.cli.consoles import err_console, flush_streams, out_console, prepare_streams, silence
from flows.cli.due import is_due, time_of_day
from flows.cli.estimate import estimate
from flows.cli.nightly import add_night_commands
from flows.cli.options import AsOf, Out, Source, read_day, released, settings_from
from flows.cli.register import register_app
from flows.cli.releases import add_release_commands
from flows.cli.report import report_app
from transforms.errors import ConfigError, DtaError, ReleaseError, storage_error
from transforms.interrupt import Interrupted, listening, stop_if_asked

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    help="Who may receive Direct Technical Assistance, and why.",
)
app.add_typer(register_app, name="register")
add_release_commands(app)
app.command()(build)
app.command()(check)
app.command()(accepted)
app.command()(estimate)
app.add_typer(report_app, name="report")
add_night_commands(app)

SHOWN_ROWS = 200


@app.command()
def run(
    source: Source = None,
    out: Out = None,
    as_of: AsOf = None,
    year: Annotated[
        int | None,
        typer.Option("--year", help="Decide as of the last day on which the determination of this year was in force."),
    ] = None,
    log: Annotated[
        Literal["text", "json"] | None, typer.Option("--log", help="How the steps are logged. Also DTA_LOG.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            help=(
                "Run only when it is this time (04:15) in California or later and no run has ended since. For cron,"
                " every 15 minutes."
            ),
        ),
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", help="Check of class fault whose failing rows you accept; may be given again."),
    ] = None,
    because: Annotated[str | None, typer.Option("--because", help="Why you accept them; needed with --accept.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who accepts them; your user name if not given.")] = None,
    until: Annotated[
        date | None,
        typer.Option(
            "--until", parser=read_day, metavar="DAY", help="Last day of the acceptance; else 90 days from today."
        ),
    ] = None,
) -> None:
    """Read the sources, decide, check, and publish a release if anything changed."""
    from flows.cli.progress import run_with_progress
    from transforms.rules.load import last_day_in_force, load_rules

    if as_of and year:
        raise ConfigError("Give --as-of or --year, not both: each names the day as of which to decide.")
    settings = settings_from(source, out, as_of)
    if year is not None:
        settings = settings.model_copy(
            update={"as_of": last_day_in_force(load_rules(settings.reference), year, settings.as_of)}
        )
    given = {
        "accept": ",".join(accept or []),
        "accept_because": because,
        "accept_by": by,
        "accept_until": until,
    }
    settings = settings.model_copy(update={name: value for name, value in given.items() if value})
    if settings.accept or settings.accept_because:
        from expectations.acceptances import asked_by

        asked_by(settings)  # a check that cannot be accepted is refused before the run begins
    if log is not None:
        settings = settings.model_copy(update={"log": log})
    if at is not None and not is_due(settings.out, time_of_day(at)):
        return
    try:
        run_with_progress(settings, out_console, err_console)
    except DtaError as error:
        if settings.log == "text":
            raise
        raise typer.Exit(error.exit_code) from error  # the log has said it
    except Interrupted as error:
        raise typer.Exit(
            _fail(error.message, error.exit_code) if settings.log == "text" else error.exit_code
        ) from error


@app.command()
def explain(
    name: Annotated[str, typer.Argument(help="Name or CDS code of a district or county office.")],
    year: Annotated[int | None, typer.Option("--year", help="Determination year; the latest if not given.")] = None,
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


@app.command()
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
        typer.Option(
            "--format",
            help="How rows are written: csv for Excel; plain-csv, json or parquet for programs.",
        ),
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


@app.command()
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


@app.command()
def status(out: Out = None) -> None:
    """Say which release is current, how old it is, how the last run ended, and what it was made from."""
    from flows.cli.status import show_status

    if code := show_status(settings_from(out=out).out, out_console, err_console):
        raise typer.Exit(code)


@app.command()
def sources(
    source: Source = None,
    out: Out = None,
    year: Annotated[int | None, typer.Option("--year", help="Only files of this Dashboard year.")] = None,
    missing: Annotated[bool, typer.Option("--missing", help="Only files that are not loaded.")] = False,
) -> None:
    """List the files that the pipeline knows: where they come from, whether they are loaded, and how fresh they are."""
    from flows.cli.sources import show_sources

    show_sources(settings_from(source, out), out_console, year, missing)


@app.command()
def site(
    out: Out = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the first page in the browser.")] = True,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port of the loopback address; 0 is any free one.")
    ] = 0,
) -> None:
    """Show pages, tables and SQL of the current release in the browser, on this computer only."""
    place = released(out)
    from flows.cli.site import serve_site

    serve_site(place, out_console, open_browser, port)


def _fail(message: str, code: int) -> int:
    err_console.print(f"[bold]Error:[/] {escape(message)}", soft_wrap=True)
    return code


def main() -> None:
    """Run the command; errors that a person can act on, and signals, end in one message and an exit code."""
    prepare_streams()
    try:
        with listening():
            _run_app()
    except SystemExit as ended:
        # typer's help, and whatever writes by itself: the reader had enough.
        if isinstance(ended.__context__, BrokenPipeError):
            silence(sys.stdout)
            sys.exit(0)
        raise
    except BrokenPipeError:
        silence(sys.stdout)
    except Interrupted as error:
        sys.exit(_fail(error.message, error.exit_code))
    except DtaError as error:
        sys.exit(_fail(str(error), error.exit_code))
    except OSError as error:
        fault = storage_error(error)
        if fault is None:
            raise
        sys.exit(_fail(str(fault), fault.exit_code))
    finally:
        flush_streams()


def _run_app() -> None:
    try:
        app()
    except Exception as error:
        stop_if_asked()  # DuckDB makes another fault of a signal
        if type(error).__name__ in ("BinderException", "CatalogException") and sys.argv[1:2] not in (
            ["run"],
            ["check"],
        ):
            raise ReleaseError(
                "The release lacks a table or column that this version reads: an earlier version made it. Run: dta run"
            ) from error
        raise


if __name__ == "__main__":
    main()
