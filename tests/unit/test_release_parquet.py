"""A table of a release as Parquet: every row, in key order, however many parts were sorted."""

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from transforms.release import parquet
from transforms.schema import published_tables

TABLE = published_tables()["low_performing"]  # no column of its key is required


@pytest.mark.parametrize("rows", [0, 1, 5, 6, 99])
@pytest.mark.parametrize("codes", [1, 3, 50])
@pytest.mark.parametrize("nameless", [0, 2, 100], ids=lambda n: f"{n} without a code")
def test_parts_have_every_row_in_key_order(
    rows: int, codes: int, nameless: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "SORTED_ROWS", 5)
    with duckdb.connect() as connection:
        values = {"cds": f"if(i < {nameless}, null, i % {codes})", "source_line": "7 * i % 100", "dashboard_year": "i"}
        columns = ", ".join(f"({values.get(n, 'null')})::{c.type} as {n}" for n, c in TABLE.columns.items())
        connection.execute(f"create table {TABLE.name} as select {columns} from range({rows}) numbers(i)")
        entry = parquet.write_parquet(connection, TABLE, tmp_path, "2024-11-21-00000000")
        key = "select cds, dashboard_year, source_line from"
        expected = connection.execute(f"{key} {TABLE.name} order by cds, dashboard_year").fetchall()
        found = connection.execute(f"{key} read_parquet('{tmp_path / TABLE.name}.parquet')").fetchall()
    assert found == expected
    assert entry["rows"] == rows == pq.read_metadata(tmp_path / f"{TABLE.name}.parquet").num_rows
