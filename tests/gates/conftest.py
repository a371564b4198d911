"""Good rows of every table, made once."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.gates.sample import Sample, decided, good_rows
from tests.workplace import SAMPLE, Workplace


@pytest.fixture(scope="session")
def good(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[duckdb.DuckDBPyConnection, dict[str, Sample]]]:
    """The run's database, and for every published table a few good rows in it."""
    run, connection = decided(Workplace(SAMPLE, raw_cache, tmp_path_factory.mktemp("good")))
    with connection:
        yield connection, good_rows(connection)
    run.finish()
