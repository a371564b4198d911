"""Shared fixtures with good rows of every table."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.gates.raw_files import raw_database
from tests.gates.sample import Decided, decided, good_rows
from tests.gates.state import State, opened_state
from tests.workplace import SAMPLE, Workplace


@pytest.fixture(scope="session")
def sample(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Decided]:
    """Decide the sample. Tests only read it."""
    run, connection = decided(Workplace(SAMPLE, raw_cache, tmp_path_factory.mktemp("sample")))
    with connection:
        yield run, connection
    run.finish()


@pytest.fixture(scope="session")
def good(sample: Decided) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a few good rows of every published table. Tests that change rows roll the change back."""
    with good_rows(sample[1]) as found:
        yield found


@pytest.fixture(scope="session")
def state(small_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    """Open the decided small state. Tests that change a table roll the change back."""
    state = opened_state(small_state, tmp_path_factory.mktemp("state") / "run")
    with state.connection:
        yield state
    state.run.finish()


@pytest.fixture(scope="session")
def files(state: State) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return rows of two files of every layout. Tests that spoil rows roll the change back."""
    with raw_database(state) as connection:
        yield connection
