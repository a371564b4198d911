"""The DuckDB file of a release: if few files changed, their rows are replaced in a copy.

The result equals a full write.
"""

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from transforms.dashboard.parts import PARTED
from transforms.files import sha256_of
from transforms.release.current import DATABASE, MANIFEST
from transforms.release.database import SMALL_BLOCK, Part, write_rows
from transforms.run import Run
from transforms.schema import published_tables
from transforms.settings import Settings

SOURCES = [f"dashboard-{indicator}-{year}" for year in (2023, 2024) for indicator in ("ela", "math", "susp", "grad")]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run.start(Settings(work=tmp_path / "work", out=tmp_path / "out"))


def part(folder: Path, source_id: str, rows: int, color: int = 1) -> Part:
    """Write a typed file with this many rows."""
    _, indicator, year = source_id.split("-")
    given = {
        "cds": [f"{27_000_000_000_000 + n}" for n in range(rows)],
        "source_line": list(range(2, rows + 2)),
        "color": [color] * rows,
    }
    fixed = {
        "dashboard_year": int(year),
        "indicator": indicator,
        "student_group": "EL",
        "record_type": "D",
        "source_id": source_id,
    }
    columns = {**given, **{name: [value] * rows for name, value in fixed.items()}}
    schema = published_tables()[PARTED].arrow_schema()
    path = folder / f"{source_id}-{rows}-{color}.parquet"
    pq.write_table(
        pa.table({f.name: pa.array(columns.get(f.name, [None] * rows), f.type) for f in schema}, schema=schema), path
    )
    return Part(str(path), sha256_of(path), rows)


def written(run: Run, folder: Path, parts: dict[str, Part], previous: Path | None) -> tuple[Path, dict[str, Any]]:
    """Return a folder with the DuckDB file, and the manifest's record of it."""
    folder.mkdir()
    remembered = write_rows(run, parts, folder, folder.name, previous)
    (folder / MANIFEST).write_text(json.dumps({"database": remembered}))
    return folder, remembered


def rows_of(folder: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / DATABASE), read_only=True) as connection:
        return connection.execute(f"from {PARTED} order by source_id, cds").fetchall()


def columns_of(folder: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / DATABASE), read_only=True) as connection:
        return connection.execute(f"describe {PARTED}").fetchall()


@pytest.fixture
def parts(tmp_path: Path) -> dict[str, Part]:
    return {source_id: part(tmp_path, source_id, 100) for source_id in SOURCES}


def test_replaced_rows_are_as_written_in_full(run: Run, tmp_path: Path, parts: dict[str, Part]) -> None:
    before, remembered = written(run, tmp_path / "before", parts, None)
    assert remembered["replaced"] == 0
    with duckdb.connect(str(before / DATABASE)) as connection:
        connection.execute("create table of_the_old_release as select 1")
    now = {
        **parts,
        "dashboard-ela-2023": part(tmp_path, "dashboard-ela-2023", 99, color=5),
        "dashboard-cci-2024": part(tmp_path, "dashboard-cci-2024", 60),
    }
    del now["dashboard-grad-2024"]
    after, remembered = written(run, tmp_path / "after", now, before)
    full, _ = written(run, tmp_path / "full", now, None)
    assert remembered["replaced"] == 159, "of the two files that are new"
    assert [row[:-1] for row in rows_of(after)] == [row[:-1] for row in rows_of(full)]
    assert {row[-1] for row in rows_of(after)} == {"after"}
    assert columns_of(after) == columns_of(full)
    with duckdb.connect(str(after / DATABASE), read_only=True) as connection:
        assert connection.execute("select table_name from duckdb_tables()").fetchall() == [(PARTED,)]


def test_only_rows_that_differ_are_written(run: Run, tmp_path: Path, parts: dict[str, Part]) -> None:
    before, _ = written(run, tmp_path / "before", parts, None)
    rows = pq.read_table(parts["dashboard-ela-2023"].path)
    one = rows.slice(50, 1)
    recolored = one.set_column(
        one.column_names.index("color"), "color", pa.array([None], one.schema.field("color").type)
    )
    added = pq.read_table(part(tmp_path, "dashboard-ela-2023", 101).path).slice(100)
    path = tmp_path / "reissued.parquet"
    pq.write_table(pa.concat_tables([rows.slice(1, 49), recolored, rows.slice(51), added]), path)
    now = {**parts, "dashboard-ela-2023": Part(str(path), sha256_of(path), 100)}
    after, remembered = written(run, tmp_path / "after", now, before)
    full, _ = written(run, tmp_path / "full", now, None)
    assert remembered["replaced"] == 2, "the row that changed and the row that is new"
    assert [row[:-1] for row in rows_of(after)] == [row[:-1] for row in rows_of(full)]


def test_what_was_replaced_adds_up_until_all_is_written_anew(run: Run, tmp_path: Path, parts: dict[str, Part]) -> None:
    folder, _ = written(run, tmp_path / "night0", parts, None)
    counts = []
    for night in range(1, 4):
        parts = {**parts, "dashboard-ela-2023": part(tmp_path, "dashboard-ela-2023", 100, color=1 + night)}
        folder, remembered = written(run, tmp_path / f"night{night}", parts, folder)
        counts.append(remembered["replaced"])
        assert [row for row in rows_of(folder) if row[-1] != folder.name] == []
    assert counts == [100, 200, 0], "a quarter of 800 rows, and no more"


def test_a_file_that_lost_rows_is_not_built_upon(run: Run, tmp_path: Path, parts: dict[str, Part]) -> None:
    before, _ = written(run, tmp_path / "before", parts, None)
    with duckdb.connect(str(before / DATABASE)) as connection:
        connection.execute(f"delete from {PARTED} where source_id = 'dashboard-math-2023' and cds like '%7'")
    told: list[str] = []
    run.notify = lambda words, done, total: told.append(words)
    now = {**parts, "dashboard-ela-2023": part(tmp_path, "dashboard-ela-2023", 100, color=5)}
    after, remembered = written(run, tmp_path / "after", now, before)
    assert (len(rows_of(after)), remembered["replaced"]) == (800, 0)
    assert any("rewriting all rows" in words for words in told)


def test_another_version_of_the_file_format_is_not_built_upon(run: Run, tmp_path: Path, parts: dict[str, Part]) -> None:
    before, remembered = written(run, tmp_path / "before", parts, None)
    (before / MANIFEST).write_text(json.dumps({"database": remembered | {"storage_version": "v1.2.0"}}))
    _, remembered = written(
        run,
        tmp_path / "after",
        {**parts, "dashboard-ela-2023": part(tmp_path, "dashboard-ela-2023", 100, color=5)},
        before,
    )
    assert remembered["replaced"] == 0


def block_size(folder: Path) -> int:
    with duckdb.connect(str(folder / DATABASE), read_only=True) as connection:
        (size,) = connection.execute("select block_size from pragma_database_size()").fetchall()[0]
    return int(size)


def test_few_rows_lie_in_small_blocks_and_a_copy_keeps_its_own(
    run: Run, tmp_path: Path, parts: dict[str, Part], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = {**parts, "dashboard-ela-2023": part(tmp_path, "dashboard-ela-2023", 100, color=5)}
    few, _ = written(run, tmp_path / "few", parts, None)
    monkeypatch.setattr("transforms.release.database.FEW_ROWS", 800)
    many, _ = written(run, tmp_path / "many", parts, None)
    assert block_size(few) == SMALL_BLOCK["block_size"] < block_size(many)
    for before in (few, many):
        after, remembered = written(run, tmp_path / f"after-{before.name}", now, before)
        assert (remembered["replaced"], block_size(after)) == (100, block_size(before))


def test_no_dashboard_file_at_all(run: Run, tmp_path: Path) -> None:
    folder, _ = written(run, tmp_path / "empty", {}, None)
    assert rows_of(folder) == []
    assert columns_of(folder)[-1][0] == "release_id"
