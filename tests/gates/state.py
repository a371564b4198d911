"""A small generated state with every county, decided: enough for the checks of statewide files."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.gates.sample import decided
from tests.statewide.state import write_state
from tests.statewide.world import Scale
from tests.workplace import Workplace
from transforms.run import Run
from transforms.schema import published_tables

SMALL = Scale(counties=58, leas=150, charters=20, schools=0)


@dataclass(frozen=True)
class Written:
    """Source files of a small state, and the reference folder with its printed values."""

    files: Path
    reference: Path


@dataclass(frozen=True)
class State:
    """The workplace, a run that has decided, and its database, in which the previous release equals this one."""

    place: Workplace
    run: Run
    connection: duckdb.DuckDBPyConnection


def write_small_state(folder: Path) -> None:
    write_state(folder, SMALL)


def decided_state(place: Workplace) -> State:
    """Decide, and use the same tables as the previous release."""
    run, connection = decided(place)
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
    return State(place, run, connection)
