"""Fixtures that decide small Dashboards."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from tests.dashboards import Dashboards
from tests.workplace import Workplace, copy_of_state

Decide = Callable[..., duckdb.DuckDBPyConnection]


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory, raw_cache: Path) -> Iterator[Decide]:
    """Return a function that decides Dashboards with the rows of many cases, once for all tests of a module."""
    made: dict[tuple[object, ...], duckdb.DuckDBPyConnection] = {}

    def run(dashboards: Dashboards, **changes: object) -> duckdb.DuckDBPyConnection:
        key = (id(dashboards), *changes.items())
        if key not in made:
            folder = tmp_path_factory.mktemp("cases")
            dashboards.write(folder / "source")
            made[key] = Workplace(folder / "source", raw_cache, folder / "out").decide(**changes)
        return made[key]

    yield run
    for connection in made.values():
        connection.close()


@pytest.fixture(scope="session")
def state_2018(tmp_path_factory: pytest.TempPathFactory, raw_cache: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Decide the whole state from CDE's workbook of 2018 and the local indicators of 2017 and 2018."""
    names = ("assistancestatus18.xlsx", "LocalIndPerf2017.txt", "LocalIndPerf2018.txt")
    folder = copy_of_state(tmp_path_factory.mktemp("state2018") / "source", *names)
    with Workplace(folder, raw_cache, folder.parent / "out").decide() as connection:
        yield connection
