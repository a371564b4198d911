"""A row of a workbook is about the LEA that it names: codes that were exchanged or shifted decide about nobody."""

from pathlib import Path

import duckdb
import pytest
from openpyxl.cell import Cell

from tests.workbooks import change_rows
from tests.workplace import Workplace

ALISAL, SOUTH_MONTEREY, SALINAS = "27659610000000", "27660680000000", "27661590000000"
WORKBOOKS = {2017: "assistancestatus2017.xlsx", 2019: "assistancestatus19-rev.xlsx", 2024: "assistancestatus24.xlsx"}
NAME = {2017: "districtname", 2019: "leaname", 2024: "leaname"}
VERDICTS = """
    select cds, pathway, determination_year, status from eligibility
    union all
    select cds, determination, determination_year, status from assistance
"""


def other_codes(path: Path, codes: dict[str, str]) -> int:
    """Give rows the codes of another LEA; their names and letters stay. Returns how many rows changed."""
    changed = []

    def change(cells: dict[str, Cell]) -> None:
        code = next(cell for heading, cell in cells.items() if heading.upper() == "CDS")
        if str(code.value) in codes:
            code.value = codes[str(code.value)]
            next(cell for heading, cell in cells.items() if heading.lower() == "cdcode").value = code.value[:7]
            changed.append(code.value)

    change_rows(path, change)
    return len(changed)


def verdicts(db: duckdb.DuckDBPyConnection) -> dict[tuple[str, str, int], str]:
    return {(cds, pathway, year): status for cds, pathway, year, status in db.execute(VERDICTS).fetchall()}


@pytest.mark.parametrize("year", WORKBOOKS)
def test_exchanged_codes_are_rejected(workplace: Workplace, db: duckdb.DuckDBPyConnection, year: int) -> None:
    whole = verdicts(db)
    assert other_codes(workplace.source / WORKBOOKS[year], {ALISAL: SOUTH_MONTEREY, SOUTH_MONTEREY: ALISAL}) == 2
    with workplace.decide() as found:
        rows = found.execute("select cds, column_name, reason from rejects order by cds").fetchall()
        assert [(cds, column.lower()) for cds, column, _ in rows] == [
            (ALISAL, NAME[year]),
            (SOUTH_MONTEREY, NAME[year]),
        ]
        assert SOUTH_MONTEREY in rows[0][2]
        changed = {status for key, status in verdicts(found).items() if status != whole.get(key)}
        assert changed <= {"undetermined"}


def test_codes_shifted_by_a_row_decide_about_nobody(workplace: Workplace, db: duckdb.DuckDBPyConnection) -> None:
    whole = verdicts(db)
    query = "select cds from assistance_letters where dashboard_year = 2019 group by cds order by cds"
    codes = [cds for (cds,) in db.execute(query).fetchall()]
    assert (
        other_codes(workplace.source / WORKBOOKS[2019], dict(zip(codes, codes[1:] + codes[:1], strict=True)))
        == len(codes)
        > 20
    )
    with workplace.decide() as found:
        assert found.execute("select count(distinct cds) from rejects").fetchall() == [(len(codes),)]
        after = verdicts(found)
        assert {after[key] for key in whole if after[key] != whole[key]} == {"undetermined"}


def test_a_new_name_is_no_contradiction(workplace: Workplace, db: duckdb.DuckDBPyConnection) -> None:
    """LEAs are renamed; only the name of another LEA speaks against a row."""

    def rename(cells: dict[str, Cell]) -> None:
        if str(cells["CDS"].value) == SALINAS:
            cells["LEAname"].value = "Salinas Valley Union High"

    change_rows(workplace.source / WORKBOOKS[2024], rename)
    whole = verdicts(db)
    with workplace.decide() as found:
        assert found.execute("select count(*) from rejects").fetchall() == [(0,)]
        assert verdicts(found) == whole
