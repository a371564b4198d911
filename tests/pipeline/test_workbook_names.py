"""A workbook row belongs to the LEA that it names: swapped or shifted codes determine nothing."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from openpyxl.cell import Cell

from tests.workbooks import change_rows
from tests.workplace import SAMPLE, Workplace

CARMEL, GREENFIELD, GONZALES, SOLEDAD = "27659870000000", "27660350000000", "27754730000000", "27754400000000"
ALISAL, SOUTH_MONTEREY, SALINAS = "27659610000000", "27660680000000", "27661590000000"
WORKBOOKS = {2017: "assistancestatus2017.xlsx", 2019: "assistancestatus19-rev.xlsx", 2024: "assistancestatus24.xlsx"}
EXCHANGED = {2017: (CARMEL, GREENFIELD), 2019: (SOLEDAD, GONZALES), 2024: (ALISAL, SOUTH_MONTEREY)}
NAME = {2017: "districtname", 2019: "leaname", 2024: "leaname"}
VERDICTS = """
    select cds, pathway, determination_year, status from eligibility
    union all
    select cds, determination, determination_year, status from assistance
"""


def other_codes(path: Path, codes: dict[str, str]) -> int:
    """Give rows the codes of other LEAs; names and letters stay. Returns how many rows changed."""
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


@pytest.fixture(scope="module")
def found(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Decide with the codes of two LEAs swapped in each workbook, and with one new name."""
    folder = tmp_path_factory.mktemp("named")
    source = shutil.copytree(SAMPLE, folder / "source")
    for year, (one, other) in EXCHANGED.items():
        assert other_codes(source / WORKBOOKS[year], {one: other, other: one}) == 2

    def rename(cells: dict[str, Cell]) -> None:
        if str(cells["CDS"].value) == SALINAS:
            cells["LEAname"].value = "Salinas Valley Union High"

    change_rows(source / WORKBOOKS[2024], rename)
    with Workplace(source, raw_cache, folder / "out").decide() as connection:
        yield connection


def changed(found: duckdb.DuckDBPyConnection, db: duckdb.DuckDBPyConnection, *leas: str) -> set[str]:
    """Return the new statuses of the verdicts of these LEAs that differ from the sample."""
    whole = verdicts(db)
    return {status for key, status in verdicts(found).items() if status != whole.get(key) and key[0] in leas}


@pytest.mark.parametrize("year", WORKBOOKS)
def test_swapped_codes_are_rejected(found: duckdb.DuckDBPyConnection, db: duckdb.DuckDBPyConnection, year: int) -> None:
    one, other = EXCHANGED[year]
    rows = found.execute(
        "select cds, column_name, reason from rejects where file = ? order by cds", [WORKBOOKS[year]]
    ).fetchall()
    assert [(cds, column.lower()) for cds, column, _ in rows] == [(one, NAME[year]), (other, NAME[year])]
    assert other in rows[0][2]
    assert changed(found, db, one, other) == {"undetermined"}


def test_a_new_name_is_not_a_contradiction(found: duckdb.DuckDBPyConnection, db: duckdb.DuckDBPyConnection) -> None:
    """LEAs are renamed; only the name of another LEA contradicts a row."""
    assert found.execute("select count(*) from rejects where cds = ?", [SALINAS]).fetchall() == [(0,)]
    exchanged = {cds for pair in EXCHANGED.values() for cds in pair}
    assert changed(found, db, *({cds for cds, *_ in verdicts(db)} - exchanged)) == set()


@pytest.mark.slow
def test_codes_shifted_by_a_row_determine_no_lea(workplace: Workplace, db: duckdb.DuckDBPyConnection) -> None:
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
