"""``dta build``: for people who change SQL. It builds tables in a database that stays, without gates or a release."""

import difflib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.consoles import out_console as console
from flows.cli.options import Source, settings_from
from transforms.errors import ConfigError

if TYPE_CHECKING:
    import duckdb

    from transforms.settings import Settings

# Without meta: its tables are about a release, and a build has none.
BUILT = ("core", "criteria", "determinations", "ahead", "facts", "marts")
NAME = "dev.duckdb"


def build(
    select: Annotated[
        list[str] | None,
        typer.Option(
            "--select",
            help=(
                "Table or stage to build; 'x+' adds everything downstream of x, '+x' everything upstream; repeatable."
            ),
        ),
    ] = None,
    keep: Annotated[
        bool,
        typer.Option("--keep", help="Use the database of the last build instead of reading the sources again."),
    ] = False,
    list_order: Annotated[
        bool, typer.Option("--list", help="List the tables in build order, and what each reads.")
    ] = False,
    source: Source = None,
) -> None:
    """Build SQL models in a separate database, build/dev.duckdb in the work folder.

    Nothing is checked or published.
    """
    from transforms.sql import inputs_of

    chosen = selected(select or [])
    if list_order:
        for stage, table in chosen:
            console.print(f"{stage:15} {table:28} {', '.join(inputs_of(stage)[table])}", markup=False, soft_wrap=True)
        return
    settings = settings_from(source)
    path = settings.build / NAME
    if not keep or not path.exists():
        _read_sources(settings, path)
        if not select:
            return
    _build_tables(settings, path, chosen)


def selected(wanted: list[str]) -> list[tuple[str, str]]:
    """Return stage and table of everything that is selected, in build order; all tables if ``wanted`` is empty.

    Raises BadParameter for an unknown name.
    """
    from transforms.sql import inputs_of, made_from, order_of

    tables = [(stage, table) for stage in BUILT for table in order_of(stage)]
    names = [table for _, table in tables]
    if not wanted:
        return tables
    reads = {table: {made_from(i) for i in inputs_of(stage)[table]} & set(names) for stage, table in tables}
    found: set[str] = set()
    for word in wanted:
        name = word.strip("+")
        seeds = {t for stage, t in tables if name in (stage, t)}
        if not seeds:
            near = difflib.get_close_matches(name, [*BUILT, *names], n=3)
            raise typer.BadParameter(
                f"there is no table or stage {name!r}{'; did you mean ' + ' or '.join(near) + '?' if near else ''}",
                param_hint="--select",
            )
        found |= seeds
        if word.startswith("+"):
            found |= _with_inputs(seeds, reads)
        if word.endswith("+"):
            read_by = {t: {other for other in names if t in reads[other]} for t in names}
            found |= _with_inputs(seeds, read_by)
    return [(stage, table) for stage, table in tables if table in found]


def _with_inputs(names: set[str], reads: dict[str, set[str]]) -> set[str]:
    """Return names, what they read, what that reads, and so on."""
    found, new = set(names), set(names)
    while new:
        new = set().union(*(reads[n] for n in new)) - found
        found |= new
    return found


def _read_sources(settings: "Settings", path: Path) -> None:
    """Run all steps before the gates, as in a run. The database is saved as ``path``."""
    from flows.steps import STEPS
    from transforms.inputs import check_configuration
    from transforms.run import Run

    run = Run.start(settings)
    try:
        made = run.keep_tables()
        check_configuration(run)
        for step in STEPS:
            if step.name == "gates":
                break
            if step.name != "compare":
                started = time.perf_counter()
                result = step.function(run)
                console.print(f"{step.name:15} {result.message} ({time.perf_counter() - started:.1f} s)", markup=False)
        shutil.copyfile(made, path)
    finally:
        run.finish()
    console.print(f"Saved: {path}", markup=False, soft_wrap=True)


def _build_tables(settings: "Settings", path: Path, chosen: list[tuple[str, str]]) -> None:
    """Build the tables in the saved database, with the current rules, lists and macros."""
    import duckdb

    from transforms.build import build_checked
    from transforms.database import connect
    from transforms.estimate.ahead import watch
    from transforms.inputs import load_macros, load_reference
    from transforms.rules.load import load_rules
    from transforms.rules.tables import load_rule_tables
    from transforms.wording.say import write_sentences

    try:
        with connect(path, settings.memory_limit, settings.build / "spill") as connection:
            load_reference(settings.reference, connection)
            rules = load_rules(settings.reference)
            load_rule_tables(rules, connection)
            load_macros(connection)
            has_sentences = not any(stage == "facts" for stage, _ in chosen)
            if any(stage == "ahead" for stage, _ in chosen):  # one computation for the stage; only the watch list stays
                chosen = (
                    [c for c in chosen if c[0] in BUILT[:3]]
                    + [("ahead", "watch_rows")]
                    + [c for c in chosen if c[0] in BUILT[4:]]
                )
            for stage, table in chosen:
                if stage == "marts" and not has_sentences:
                    write_sentences(connection)
                    has_sentences = True
                before = next(_rows(connection, table), None)
                started = time.perf_counter()
                ahead = stage == "ahead"
                rows = (
                    watch(connection, rules, settings.reference) if ahead else build_checked(connection, stage, table)
                )
                changed = "" if before in (rows, None) else f", {before:,} before"
                console.print(
                    f"{stage:15} {table:28} {rows:,} rows{changed} ({time.perf_counter() - started:.2f} s)",
                    markup=False,
                )
    except duckdb.IOException as error:
        advice = "If another program has it open, close it there; otherwise build again without --keep"
        raise ConfigError(
            f"{path} or a file that it reads cannot be used ({str(error).splitlines()[0]}). {advice}."
        ) from error


def _rows(connection: "duckdb.DuckDBPyConnection", table: str) -> Iterator[int]:
    """Yield the number of rows if the table exists."""
    from transforms.database import quote

    if connection.execute("select 1 from duckdb_tables() where table_name = ?", [table]).fetchone():
        yield from (n for (n,) in connection.execute(f"select count(*) from {quote(table)}").fetchall())
