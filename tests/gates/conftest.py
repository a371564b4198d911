"""Good rows of every table, made once."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Once
from tests.gates.raw_files import raw_database
from tests.gates.sample import Decided, decided, good_rows
from tests.gates.state import State, Written, decided_state, write_small_state
from tests.workplace import SAMPLE, Workplace


@pytest.fixture(scope="session")
def sample(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Decided]:
    """The sample, decided. Tests only read it."""
    run, connection = decided(Workplace(SAMPLE, raw_cache, tmp_path_factory.mktemp("sample")))
    with connection:
        yield run, connection
    run.finish()


@pytest.fixture(scope="session")
def good(sample: Decided) -> Iterator[duckdb.DuckDBPyConnection]:
    """A few good rows of every published table. Tests that change some roll it back."""
    with good_rows(sample[1]) as found:
        yield found


@pytest.fixture(scope="session")
def written(once: Once) -> Written:
    """The small state. Tests only read it."""
    folder = once("small-state", write_small_state)
    return Written(folder / "files", folder / "reference")


@pytest.fixture(scope="session")
def state(written: Written, raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    """The small state, decided. Tests that change a table roll it back."""
    state = decided_state(Workplace(written.files, raw_cache, tmp_path_factory.mktemp("state-out"), written.reference))
    with state.connection:
        yield state
    state.run.finish()


@pytest.fixture(scope="session")
def files(state: State) -> Iterator[duckdb.DuckDBPyConnection]:
    """Rows of two files of every shape. Tests that spoil some roll it back."""
    with raw_database(state) as connection:
        yield connection
