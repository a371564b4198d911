"""The reported difference between two readings of a file, with any rows, leads from one reading to the other."""

import tempfile
from collections import defaultdict
from itertools import zip_longest
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.raw.table import Report
from transforms.release.source_changes import EMPTY, _compare

Row = tuple[str | None, str | None, str | None, str | None]  # cds, student group, color, name
NAMES = ("cds", "studentgroup", "color", "districtname")
TEXT = st.sampled_from([None, "", "1", "2"])
ROWS = st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT), max_size=8)


def report(folder: Path, name: str, rows: list[Row]) -> Report:
    columns = {n: pa.array([r[i] for r in rows], pa.string()) for i, n in enumerate(NAMES)}
    pq.write_table(pa.table({**columns, "line": pa.array(range(2, len(rows) + 2), pa.int64())}), folder / name)
    return {"source_id": "dashboard-ela-2024", "layout": "dashboard", "sha256": name, "parquet": str(folder / name)}


def expected(old: list[Row], new: list[Row]) -> list[tuple[str, str | None, int, list[str] | None]]:
    """Return the expected differences. Rows with the same key are compared in file order."""
    by_key: dict[tuple[str | None, str | None], tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for side, rows in enumerate((old, new)):
        for row in rows:
            by_key[row[:2]][side].append(row)
    found: list[tuple[str, str | None, int, list[str] | None]] = []
    for (cds, _), sides in by_key.items():
        for position, (before, after) in enumerate(zip_longest(*sides), 1):
            if before is None or after is None:
                found.append(("added" if before is None else "removed", cds, position, None))
            elif before != after:
                found.append(
                    ("altered", cds, position, [n for n, b, a in zip(NAMES, before, after, strict=True) if b != a])
                )
    return found


@pytest.mark.slow
@settings(max_examples=25, deadline=None, derandomize=True)
@given(ROWS, ROWS)
@example([("1", "AA", "1", None)] * 2, [("1", "AA", "1", None)])
@example([("1", "AA", "1", "2"), ("1", "AA", "2", "1")], [("1", "AA", "2", "1"), ("1", "AA", "1", "2")])
@example([("1", "AA", "1", "2")], [("1", "AA", "2", "1")])
def test_differences_are_those_of_the_rows(old: list[Row], new: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as db:
        db.execute(EMPTY)
        _compare(db, report(Path(folder), "old", old), report(Path(folder), "new", new))
        rows = db.execute("select kind, cds, position, columns_changed from source_changes").fetchall()
    assert sorted(map(repr, rows)) == sorted(map(repr, expected(old, new)))
