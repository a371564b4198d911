"""The command ``dta``."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from flows.check_cli import check
from flows.nights_cli import add_night_commands
from flows.register_cli import register_app
from flows.releases_cli import add_release_commands
from flows.report_cli import report_app
from flows.words import ago, failed_checks, problem_text, warning_text
from transforms.errors import ConfigError, DtaError, storage_error
from transforms.settings import Settings

app = typer.Typer(no_args_is_help=True, pretty_exceptions_show_locals=False, help="Who may receive Direct Technical Assistance, and why.")
app.add_typer(register_app, name="register")
add_release_commands(app)
app.command()(check)
app.add_typer(report_app, name="report")
add_night_commands(app)
out_console, err_console = Console(), Console(stderr=True)

Source = Annotated[
    str | None,
    typer.Option("--source", help="'sample', 'catalog' (as published, and the inbox), or a folder of files named as CDE names them. Also DTA_SOURCE."),
]
Out = Annotated[Path | None, typer.Option("--out", help="Folder of releases; OUT/current/dta.duckdb is the release. Also DTA_OUT.")]
AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Decide as of this day; later records are not known.")]
SHOWN_ROWS = 200


def settings_from(source: str | None = None, out: Path | None = None, as_of: date | None = None) -> Settings:
    """Settings with the given options over DTA_* variables. Raises ConfigError that names a wrong variable."""
    given: dict[str, Any] = {"source": source, "out": out and out.absolute(), "as_of": as_of}
    try:
        return Settings(**{k: v for k, v in given.items() if v is not None})
    except ValidationError as error:
        lines = [f"setting DTA_{str(e['loc'][0]).upper()}: {e['msg']} (value {e['input']!r:.80})." for e in error.errors()]
        raise ConfigError("\n".join(lines)) from error


@app.command()
def run(
    source: Source = None,
    out: Out = None,
    as_of: AsOf = None,
    year: Annotated[int | None, typer.Option("--year", help="Decide as of the last day on which the determination of this year was in force.")] = None,
    log: Annotated[Literal["text", "json"] | None, typer.Option("--log", help="How the steps are logged. Also DTA_LOG.")] = None,
    accept: Annotated[list[str] | None, typer.Option("--accept", help="Check of the gate release whose failure is meant. Also DTA_ACCEPT.")] = None,
) -> None:
    """Read the sources, decide, check, and publish a release if anything changed."""
    from flows.progress import run_with_progress
    from transforms.rules import last_day_in_force, load_rules

    if as_of and year:
        raise ConfigError("Give --as-of or --year, not both: each names the day as of which to decide.")
    settings = settings_from(source, out, as_of.date() if as_of else None)
    if year is not None:
        settings = settings.model_copy(update={"as_of": last_day_in_force(load_rules(settings.reference), year, settings.as_of)})
    if accept:
        settings = settings.model_copy(update={"accept": ",".join(accept)})
    if log is not None:
        settings = settings.model_copy(update={"log": log})
    try:
        run_with_progress(settings, out_console, err_console)
    except DtaError as error:
        if settings.log == "text":
            raise
        raise typer.Exit(error.exit_code) from error  # the log has said it


@app.command()
def explain(
    name: Annotated[str, typer.Argument(help="Name or CDS code of a district or county office.")],
    year: Annotated[int | None, typer.Option("--year", help="Determination year; the latest if not given.")] = None,
    source: Source = None,
    out: Out = None,
) -> None:
    """Say why an LEA is eligible, is not, or why that cannot be told; show groups, causes and sources."""
    from flows.show import show_explanation
    from reports.explain import determination_years
    from reports.explain import explain as collect
    from reports.published import NotFoundError, find_lea, open_release

    with open_release(settings_from(source, out).out) as connection:
        lea = find_lea(connection, name)
        years = determination_years(connection)
        if year is not None and year not in years:
            raise NotFoundError(f"There is no determination of {year} in this release. It has {', '.join(map(str, years))}.")
        show_explanation(out_console, collect(connection, lea, year or years[-1]))


@app.command()
def sql(
    query: Annotated[str | None, typer.Argument(help="A query on the tables of the current release.")] = None,
    recipe: Annotated[str | None, typer.Option("--recipe", help="A question that is kept with its query, by name, in place of a query.")] = None,
    param: Annotated[list[str] | None, typer.Option("--param", help="A value for a parameter of the recipe, as name=value; may be given again.")] = None,
    recipes: Annotated[bool, typer.Option("--recipes", help="List the questions that are kept.")] = False,
    format: Annotated[Literal["table", "csv", "json", "parquet"], typer.Option("--format", help="How rows are written to the standard output.")] = "table",
    source: Source = None,
    out: Out = None,
) -> None:
    """Query the current release, read-only; or ask one of the questions that are kept."""
    from flows.query import asked_query, list_recipes, run_query

    if recipes:
        return list_recipes(out_console)
    text, parameters = asked_query(query, recipe, param or [])
    return run_query(settings_from(source, out).out, text, format, out_console, SHOWN_ROWS, parameters)


@app.command()
def compare(
    a: Annotated[str, typer.Argument(help="A determination year, or a release: its id, 'previous' or 'current'.")],
    b: Annotated[str, typer.Argument(help="Another one of the same kind.")],
    format: Annotated[Literal["words", "csv", "json"], typer.Option("--format", help="How changes are written to the standard output.")] = "words",
    source: Source = None,
    out: Out = None,
) -> None:
    """Say which verdicts differ between two determination years or two releases, and by which student groups."""
    from flows.show import show_comparison
    from reports.compare import compare as collect

    show_comparison(out_console, collect(settings_from(source, out).out, a, b), format)


@app.command()
def status(source: Source = None, out: Out = None) -> None:
    """Say which release is current, how old it is, how the last run ended, and what it was made from."""
    from reports.published import missing_dashboards, open_release
    from transforms.current import current_release, read_manifest
    from transforms.pointer import held
    from transforms.status import read_status

    folder = settings_from(source, out).out
    last, release = read_status(folder), current_release(folder)
    if not last and release is None:
        raise typer.Exit(_fail(f"Nothing has been run in {folder} yet. Run: dta run", 6))
    if release:
        manifest = read_manifest(release)
        out_console.print(f"Release [bold]{release.name}[/] as of {manifest['as_of']}, published {ago(manifest['published_at'])}", highlight=False)
        out_console.print(f"  {len(manifest['sources'])} source files, {len(manifest['tables'])} tables, in {release}", highlight=False, soft_wrap=True)
        with open_release(folder) as connection:
            for later, since in missing_dashboards(connection):
                out_console.print(f"  [yellow]older than it could be[/] the {later} Dashboard is in force since {since}; none of its files is at hand")
        for warning in manifest["warnings"]:
            out_console.print(f"  [yellow]▲ warning[/] {escape(warning_text(warning))}", highlight=False)
    else:
        out_console.print("There is no release.")
    hold = held(folder)
    if hold:
        out_console.print(f"  [yellow]held[/] {escape(str(hold))}", highlight=False, soft_wrap=True)
    for problem in last.get("source_problems", []):
        out_console.print(f"  [yellow]not refreshed[/] {escape(problem_text(problem))}", highlight=False, soft_wrap=True)
    if last:
        message = failed_checks(last) or escape(last["message"])
        out_console.print(f"Last run {ago(last['last_run'])}: {last['last_outcome']}. {message}", highlight=False)
        if (folder / "quality" / "index.html").exists():
            out_console.print(f"What was checked, and which rows failed: {folder / 'quality' / 'index.html'}", highlight=False, soft_wrap=True)
        out_console.print(f"Last good check {ago(last['last_good_check']) if last['last_good_check'] else 'never'}", highlight=False)
        if last["last_outcome"] == "failed":
            raise typer.Exit(int(last["exit_code"]))


@app.command()
def sources(
    source: Source = None,
    out: Out = None,
    year: Annotated[int | None, typer.Option("--year", help="Only files of this Dashboard year.")] = None,
    missing: Annotated[bool, typer.Option("--missing", help="Only files that are not at hand.")] = False,
) -> None:
    """List the files that the pipeline knows: where they come from, whether they are at hand, and how fresh they are."""
    from flows.sources import show_sources

    show_sources(settings_from(source, out), out_console, year, missing)


@app.command()
def site(
    source: Source = None,
    out: Out = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the first page in the browser.")] = True,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port of the loopback address; 0 is any free one.")] = 0,
) -> None:
    """Show pages, tables and SQL of the current release in the browser, on this computer only."""
    from flows.site_cli import serve_site

    serve_site(settings_from(source, out).out, out_console, open_browser, port)


def _fail(message: str, code: int) -> int:
    err_console.print(f"[bold]Error:[/] {escape(message)}", highlight=False, soft_wrap=True)
    return code


def main() -> None:
    """Run the command; errors that a person can act on end in one message and an exit code."""
    try:
        app()
    except DtaError as error:
        sys.exit(_fail(str(error), error.exit_code))
    except OSError as error:
        fault = storage_error(error)
        if fault is None:
            raise
        sys.exit(_fail(str(fault), fault.exit_code))


if __name__ == "__main__":
    main()
