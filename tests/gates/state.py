"""A small generated state with every county, decided: enough for the checks of statewide files."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.gates.sample import decided
from tests.statewide.state import write_state
from tests.statewide.world import Scale
from tests.workplace import Workplace
from transforms.run import Run
from transforms.schema import published_tables

SMALL = Scale(counties=58, leas=150, charters=40, schools=20)


@dataclass(frozen=True)
class State:
    """A run that has decided, and its database, in which the previous release equals this one."""

    run: Run
    connection: duckdb.DuckDBPyConnection


def small_place(folder: Path) -> Workplace:
    """Return the workplace of the small state in ``folder``."""
    return Workplace(folder / "files", folder / "work", folder / "out", folder / "reference")


def write_small_state(folder: Path) -> None:
    """Write the small state, decide it, and use the same tables as the previous release."""
    write_state(folder, SMALL, seed=8)  # of few seeds with a yes by fewer than three groups
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("transforms.run.FEW_ROWS", 0)  # the tables are in a file, which other workers copy
        run, connection = decided(small_place(folder))
    with connection:
        use_as_previous(connection)
    run.folder.rename(folder / "run")


def opened_state(folder: Path, copy: Path) -> State:
    """Open a copy of the run that decided the small state."""
    run = Run(small_place(folder).settings(), Path(shutil.copytree(folder / "run", copy)))
    return State(run, run.connect())


def use_as_previous(connection: duckdb.DuckDBPyConnection) -> None:
    views = {
        n
        for (n,) in connection.execute(
            "select view_name from duckdb_views() where schema_name = 'main' and not internal"
        ).fetchall()
    }
    for name in views & set(published_tables()):  # turned into tables, so that tests can change their rows
        connection.execute(f"create table stored as from {name}")
        connection.execute(f"drop view {name}")
        connection.execute(f"alter table stored rename to {name}")
    connection.execute("delete from register_warnings")  # the real borrowers are not LEAs of a made-up state
    connection.execute("create schema before")
    for name in published_tables():
        connection.execute(f"create table before.{name} as from main.{name}")
