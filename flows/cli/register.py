"""``dta register``: check the registers that people keep, and add rows field by field."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from flows.cli.consoles import out_console as console
from flows.cli.options import settings_from
from transforms import clock
from transforms.errors import ConfigError, ReleaseError, UsageError
from transforms.interrupt import stop_if_signaled

if TYPE_CHECKING:
    from transforms.registers.fields import Problem, Record
    from transforms.registers.names import LeaNames
    from transforms.settings import Settings

register_app = typer.Typer(no_args_is_help=True, help="Check the records that people keep, and add to them.")
NEXT_STEPS = {  # what is not determined after a loan or an event is added, and the event that settles it
    "state_loans": (
        "Add its events, such as authorized and disbursed: dta register add state_loan_events. Until the"
        " register has a day of the loan, the referral is not determined."
    ),
    "repaid": (
        "Ask CCEE whether the referral has ended, and add its answer: the event referral_closed or referral_confirmed."
        " Until then it is not determined."
    ),
    "authorized": (
        "Add the event disbursed when the district draws the loan, or referral_confirmed. Until then the referral is"
        " not determined."
    ),
}


@register_app.command()
def check() -> None:
    """Show every problem of every register by row and column, and how many rows are fine.

    Exit code 4 if there is a problem.
    """
    from transforms.registers.load import check_registers

    settings = settings_from()
    registers = check_registers(settings.reference, _names(settings))
    for name, register in registers.items():
        rows, wrong = len(register.lines), len(register.problems)
        text = "no rows" if rows == 0 else f"{register.fine} of {rows} rows are fine"
        console.print(
            f"{name}.csv: {text}{f', {wrong} problems' if wrong > 1 else ', one problem' if wrong else ''}",
            markup=False,
        )
    for warning in [p for r in registers.values() for p in r.warnings]:
        console.print(f"[yellow]Warning:[/] {escape(str(warning))}", soft_wrap=True)
    problems = [str(p) for r in registers.values() for p in r.problems]
    if problems:
        raise ConfigError("\n".join(problems))


@register_app.command()
def add(
    pathway: Annotated[
        str,
        typer.Argument(
            help=(
                "Register: a recorded pathway (such as primary or spi), calpads, state_loans, state_loan_events,"
                " successions, necessity_determinations or accepted_differences."
            )
        ),
    ],
) -> None:
    """Ask for a row field by field, check it, and add it to the register. The previous file is kept as a backup.

    Exit code 2, with nothing written, if the input ends before you confirm the row; 0 if you decline it.
    """
    from transforms.registers.append import add_row, all_problems, check_row
    from transforms.registers.load import check_registers, columns_of, registers_of

    settings = settings_from()
    folder, models = settings.reference, registers_of(settings.reference)
    if pathway not in models:
        raise typer.BadParameter(
            f"there is no register {pathway!r}; there are {', '.join(models)}", param_hint="PATHWAY"
        )
    model, names = models[pathway], _names(settings)
    if found := all_problems(check_registers(folder, names)):
        raise ConfigError("Correct the registers before you add to them.\n" + "\n".join(map(str, found)))
    about = " ".join((model.__doc__ or "").split())
    console.print(
        f"[bold]{pathway}.csv[/]: {escape(about)}\nEnter leaves a column empty (not known), or keeps the value shown in"
        " brackets."
    )
    values = {"entered_on": clock.today().isoformat()} if "entered_on" in model.model_fields else {}
    again: Iterable[str] = columns_of(model)
    with _prompt_errors():
        while again:
            values |= {column: _prompt_value(model, column, values.get(column, "")) for column in again}
            problems, warnings = check_row(folder, pathway, values, names)
            again = _columns_to_mend(problems, columns_of(model))
        for warning in warnings:
            console.print(f"[yellow]Warning:[/] {escape(f'{warning.column}: {warning.sentence}.')}", soft_wrap=True)
        console.print(_as_table(pathway, {c: values[c] for c in columns_of(model)}))
        if not typer.confirm("Add this row?"):
            console.print("Nothing was written.")
            return
    backup = add_row(folder, pathway, values, names)
    console.print(f"Added to {pathway}.csv. Backup of the previous file: {escape(str(backup))}", soft_wrap=True)
    if advice := NEXT_STEPS.get(values["event"] if pathway == "state_loan_events" else pathway):
        console.print(advice, soft_wrap=True)


@register_app.command()
def migrate() -> None:
    """Replace names and values of earlier versions (authorised) with current ones (authorized). The previous files are
    kept as backups.
    """
    from transforms.registers.append import migrate as rewrite

    backups = rewrite(settings_from().reference)
    for backup in backups:
        console.print(f"Rewritten. Backup of the previous file: {escape(str(backup))}", soft_wrap=True)
    if not backups:
        console.print("All registers have current names and values. Nothing was changed.")


def _names(settings: "Settings") -> "LeaNames | None":
    """Return the names of each LEA in the files of the current release. Without a release, print that; return None."""
    from reports.published import open_release
    from transforms.registers.names import names_of

    try:
        with open_release(settings.out) as connection:
            return names_of(connection)
    except ReleaseError as error:
        console.print(f"Names were not compared with those in loaded files. {escape(str(error))}", soft_wrap=True)
        return None


@contextmanager
def _prompt_errors() -> Iterator[None]:
    """Separate two causes that end a prompt in the same way: the input ended (UsageError), or a signal came."""
    try:
        yield
    except typer.Abort:
        console.print()  # the cursor is still after a question
        stop_if_signaled()
        raise UsageError("The input ended before the row was confirmed. Nothing was written.") from None


def _columns_to_mend(problems: list["Problem"], columns: list[str]) -> list[str]:
    """Print problems between columns or rows, and return the columns to ask again."""
    for problem in problems:
        console.print(f"[yellow]Not accepted:[/] {escape(f'{problem.column}: {problem.sentence}.')}", soft_wrap=True)
    if problems:
        console.print("Enter these columns again. A single space empties a column.")
    touched = {column for problem in problems for column in problem.columns}
    return [c for c in columns if c in touched]


def _prompt_value(model: type["Record"], column: str, current: str) -> str:
    """Ask for one value until it fits its column."""
    from transforms.registers.fields import allowed, refusal

    info = model.model_fields[column]
    needed = refusal(model, column, "") is not None
    choices = f" One of: {', '.join(allowed(info))}." if allowed(info) else ""
    console.print(f"\n[bold]{column}[/]{' (required)' if needed else ''}: {escape(info.description or '')}.{choices}")
    while True:
        value = str(typer.prompt(column, default=current, show_default=bool(current))).strip()
        complaint = refusal(model, column, value)
        if complaint is None:
            return value
        console.print(f"  [yellow]Not accepted:[/] {escape(complaint)}.")


def _as_table(name: str, values: dict[str, str]) -> Table:
    table = Table(title=f"New row of {name}.csv", title_justify="left")
    table.add_column("Column", no_wrap=True)
    table.add_column("Value", overflow="fold")
    for column, value in values.items():
        table.add_row(column, escape(value) if value else "[dim]not known[/]")
    return table
