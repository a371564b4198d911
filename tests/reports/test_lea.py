"""The report on an LEA states each fact once."""

import duckdb

from reports.book import read_book
from reports.lea import collect
from reports.published import find_lea

NO_ROW = "CDE's workbook of 2024 has no row of this LEA, and no later one shows whether it should have one"


def test_the_reason_for_undetermined_groups_is_stated_once(state_db: duckdb.DuckDBPyConnection) -> None:
    (e,) = collect(state_db, read_book(state_db), [find_lea(state_db, "Monroe Elementary")], 2024)
    cells = [line.cells[2024] for line in e.groups]
    assert {cell.state for cell in cells} == {"unknown"}
    assert [cell.detail for cell in cells] == [NO_ROW, *[""] * (len(cells) - 1)]
    assert len(cells) > 10
    assert e.missing == [2024], "and it is missing for all of them"
