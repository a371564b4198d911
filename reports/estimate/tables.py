"""Open the database of an estimate for reading."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from transforms.database import connect_read_only

FILE = "estimate.duckdb"


@contextmanager
def opened(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Read-only connection to the estimate in ``folder``."""
    with connect_read_only(folder / FILE) as connection:
        yield connection
