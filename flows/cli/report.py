"""``dta report``: a workbook, printed pages, a county packet or draft letters, from the current release."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.progress import track

from flows.cli.consoles import err_console as log
from flows.cli.consoles import out_console as console
from flows.cli.consoles import print_written, progress_line
from flows.cli.options import Force, Out, To, Year, settings_from
from transforms.errors import UsageError

if TYPE_CHECKING:
    import duckdb

    from reports.book import Book
    from reports.lea import LeaReport

report_app = typer.Typer(
    no_args_is_help=True,
    help="Write a workbook, printed pages, a county packet or draft letters from the current release.",
)

KINDS = (
    "continuum, wraparound, year-1, year-2, three-dashboards (of Differentiated Assistance), charter or leaving;"
    " findings puts all in one letter. Default: one letter for each finding."
)
Pages = Literal["eligible", "assisted", "all"]
PAGES = (
    "LEAs that get a page: those that are eligible or not determined; with assisted, also those that the county office"
    " assists; or all."
)


@report_app.command()
def workbook(
    out_file: Annotated[
        Path | None,
        typer.Option("--out-file", help="Workbook to write; default: dta-RELEASE.xlsx in the current folder."),
    ] = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Write one formatted Excel workbook: eligible, verdicts, evidence, watch list, changes, dictionary."""
    from reports.output import whole_file
    from reports.workbook.sheets import SHEETS
    from reports.workbook.write import write_workbook

    if out_file is not None and out_file.suffix.lower() != ".xlsx":
        raise UsageError(
            f"The name of a workbook must end in .xlsx, or spreadsheets cannot open it (value {out_file.name!r})."
        )
    with _release(out) as (connection, book):
        target = out_file or Path(f"dta-{book.release['release_id']}.xlsx")
        with _progress_messages("workbook") as progress, whole_file(target, force) as path:
            write_workbook(
                connection, path, SHEETS, "Who may receive Direct Technical Assistance, and why", progress=progress
            )
    print_written(target)


@report_app.command()
def lea(
    name: Annotated[
        str | None, typer.Argument(help="Name or CDS code of a district, county office or charter school.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Write a page for every LEA, in a new folder.")] = False,
    pdf: Annotated[bool, typer.Option("--pdf/--json", help="A PDF to print, or its content as JSON.")] = True,
    year: Year = None,
    to: To = Path(),
    out: Out = None,
    force: Force = False,
) -> None:
    """Print the verdicts, reasons and sources of one LEA, or of every LEA, on a page or two each."""
    from reports.lea import collect
    from reports.output import file_name, whole_file
    from reports.published import find_lea

    if (name is None) is not every:
        raise UsageError("Give the name of one LEA, or --all.")
    with _release(out) as (connection, book):
        chosen = book.asked_year(year)
        if name is None:
            return _every_lea(
                connection, book, to / f"dta-leas-{chosen}-{book.release['release_id']}", chosen, pdf, force
            )
        found = find_lea(connection, name)
        report = next(collect(connection, book, [found], chosen))
        target = to / f"{found.cds}-{file_name(found.name)}-{chosen}.{'pdf' if pdf else 'json'}"
        with whole_file(target, force) as path:
            path.write_bytes(_pages(book, pdf)(report))
    return print_written(target)


@report_app.command()
def county(
    name: Annotated[str, typer.Argument(help="Name or two-digit code of a county.")],
    pages: Annotated[Pages, typer.Option("--pages", help=PAGES)] = "eligible",
    year: Year = None,
    to: To = Path(),
    out: Out = None,
    force: Force = False,
) -> None:
    """Write a packet for one county: a PDF with its summary, its LEAs by pathway and pages of LEAs, and a workbook with
    its rows.
    """
    from reports.output import file_name, whole_folder
    from reports.printed.county import find_county, write_packet

    with _release(out) as (connection, book):
        found, chosen = find_county(connection, name), book.asked_year(year)
        target = to / f"dta-{file_name(found[1])}-county-{chosen}-{book.release['release_id']}"
        with _progress_messages(f"{found[1]} County") as progress, whole_folder(target, force) as folder:
            write_packet(connection, folder, book, found, chosen, pages, progress)
    print_written(target)


@report_app.command()
def letter(
    name: Annotated[str, typer.Argument(help="Name or CDS code of a district, county office or charter school.")],
    kind: Annotated[str | None, typer.Option("--kind", help=KINDS)] = None,
    year: Year = None,
    to: To = Path(),
    out: Out = None,
    force: Force = False,
) -> None:
    """Write draft letters as .docx, one for each finding, with facts and evidence, for a person to finish and sign."""
    from reports.lea import collect
    from reports.output import file_name, refuse_place, whole_file
    from reports.printed.letter import letters_of, write_letter
    from reports.published import find_lea

    with _release(out) as (connection, book):
        e = next(collect(connection, book, [find_lea(connection, name)], book.asked_year(year)))
        kinds = list(letters_of(e))
        if kind is not None and kind not in kinds:
            raise UsageError(
                f"There is no letter {kind!r} for {e.lea.name} in {e.year}, because there is no such finding. The"
                f" letters are {', '.join(kinds)}."
            )
        targets = {
            k: to / f"draft-letter-{e.lea.cds}-{file_name(e.lea.name)}-{e.year}-{k}.docx"
            for k in ([kind] if kind else kinds[:-1] or kinds)
        }
        for target in targets.values():
            refuse_place(target, force)
        for k, target in targets.items():
            with whole_file(target, force) as path:
                write_letter(path, book, e, k)
    console.print("A draft: a person fills in the places in brackets and signs.")
    for target in targets.values():
        print_written(target)


def _every_lea(
    connection: "duckdb.DuckDBPyConnection", book: "Book", target: Path, year: int, pdf: bool, force: bool
) -> None:
    """Write one file per LEA."""
    from reports.lea import collect
    from reports.output import file_name, whole_folder
    from reports.published import all_leas

    leas, page = all_leas(connection), _pages(book, pdf)
    with whole_folder(target, force) as folder:
        for e in track(
            collect(connection, book, leas, year), "Writing pages", total=len(leas), console=log, transient=True
        ):
            path = folder / f"{e.lea.cds}-{file_name(e.lea.name)}.{'pdf' if pdf else 'json'}"
            path.write_bytes(page(e))
    console.print(f"{len(leas):,} LEAs.")
    print_written(target)


@contextmanager
def _release(out: Path | None) -> Iterator[tuple["duckdb.DuckDBPyConnection", "Book"]]:
    """Open the current release, and read what all reports share."""
    from reports.book import read_book
    from reports.published import open_release

    with open_release(settings_from(out=out).out) as connection:
        yield connection, read_book(connection)


@contextmanager
def _progress_messages(what: str) -> Iterator[Callable[[str], None]]:
    """Show a moving line on the error stream. Yields a function that sets its text."""
    with progress_line(log) as progress:
        bar = progress.add_task(what, total=None)
        yield lambda words: progress.update(bar, description=words)


def _pages(book: "Book", pdf: bool) -> Callable[["LeaReport"], bytes]:
    """Return a function that makes the page of an LEA, or its JSON."""
    from reports.printed.sheet import Printer, facts_of, lea_sheet

    printer = Printer(book.release["as_of"])

    def page(e: "LeaReport") -> bytes:
        sheet = lea_sheet(book, e)
        if not pdf:
            return (json.dumps(sheet, ensure_ascii=False, indent=1) + "\n").encode()
        title = f"{e.lea.name}: Direct Technical Assistance, determination year {e.year}"
        return printer.print(facts_of([sheet], title))

    return page
