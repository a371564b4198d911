"""Repeated information about an LEA in workbooks and local indicator files is compared.

It is the LEA's code, county, name, and the status that later workbooks repeat.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import duckdb
import openpyxl
import pytest
from openpyxl.cell import Cell

from expectations.checks import load_checks
from tests.workbooks import change_rows
from tests.workplace import STATE, Workplace, copy_of_state

BOOKS = {2022: "assistancestatus22.xlsx", 2023: "assistancestatus23.xlsx", 2024: "assistancestatus24.xlsx"}
ALL_BOOKS = sorted(p.name for p in STATE.glob("assistancestatus*"))
SAN_BERNARDINO, FRESNO_DISTRICT, SANTA_CLARA, ALAMEDA = (
    "36679590000000", "10752750000000", "43696660000000", "01611190000000",
)  # fmt: skip
FREMONT, HAYWARD, LIVERMORE, NEWARK, NEW_HAVEN, OAKLAND, SAN_LEANDRO = (
    "01611760000000", "01611920000000", "01612000000000", "01612340000000", "01612420000000", "01612590000000",
    "01612910000000",
)  # fmt: skip
SOUTH_MONTEREY, SALINAS, ALISAL, GONZALES = "27660680000000", "27661590000000", "27659610000000", "27754730000000"
CHECKS = {c.check_id: c.query for c in load_checks()}
Rows = list[tuple[object, ...]]


@pytest.fixture
def letters(raw_cache: Path, tmp_path: Path) -> Workplace:
    """Return the statewide workbooks only."""
    return Workplace(copy_of_state(tmp_path / "letters", *ALL_BOOKS), raw_cache, tmp_path / "out")


def edit(path: Path, leas: Mapping[str, Callable[[dict[str, Cell]], None]]) -> None:
    """Change the rows of these LEAs; headings are in lower case."""
    changed = set()

    def change(cells: dict[str, Cell]) -> None:
        row = {h.lower(): c for h, c in cells.items()}
        cds = str(row["cds"].value)
        if cds in leas:
            leas[cds](row)
            changed.add(cds)

    change_rows(path, change)
    assert changed == set(leas)


def no_assistance(year: int) -> Callable[[dict[str, Cell]], None]:
    """Return a change to a row without assistance in all its own columns."""

    def change(row: dict[str, Cell]) -> None:
        for heading, cell in row.items():
            if heading.endswith("priorities"):
                cell.value = "*"
            if heading.startswith("metmethod"):
                cell.value = "N"
        row["totalstudentgroups"].value = 0
        row[f"assistancestatus{year}"].value = "General Assistance"

    return change


def put(heading: str, value: object) -> Callable[[dict[str, Cell]], None]:
    def change(row: dict[str, Cell]) -> None:
        assert str(row[heading].value) != str(value)
        row[heading].value = value

    return change


def assistance(db: duckdb.DuckDBPyConnection, cds: str, year: int) -> tuple[str, str]:
    return db.execute(
        "select status, reason from assistance where cds = ? and determination_year = ? and determination ="
        " 'differentiated_assistance'",
        [cds, year],
    ).fetchall()[0]


def rejects(db: duckdb.DuckDBPyConnection) -> Rows:
    return db.execute("select distinct file, cds, lower(column_name), value from rejects order by all").fetchall()


# ---- statuses that later workbooks remember ----


@pytest.mark.slow
def test_repeated_statuses_in_real_workbooks_match_their_year(letters: Workplace) -> None:
    with letters.decide("core") as db:
        found = db.execute(
            "select dashboard_year = 2017, count(*), count(*) filter (contradicts), count(*) filter (remembered is"
            " null) from assistance_statuses_compared group by 1 order by 1"
        ).fetchall()
        assert found == [(False, 9888, 0, 0), (True, 4652, 0, 0)]
        assert rejects(db) == []


CONTRADICTED = {2022: (SAN_BERNARDINO, FRESNO_DISTRICT, SANTA_CLARA), 2023: (FREMONT, HAYWARD)}
REMEMBERED = {
    LIVERMORE: "General Assistance",
    NEWARK: "*",
    NEW_HAVEN: "Differentiated Assistance, Year 2",
}
YEAR_1 = "Differentiated Assistance, Year 1"  # their status in the workbook of 2023
WRONG = {
    OAKLAND: put("cds", "57727180000000"),  # a digit of the code
    SAN_LEANDRO: put("cdcode", "3667958"),  # a digit of the district's code
    SOUTH_MONTEREY: put("cdcode", None),
    ALAMEDA: put("countyname", "Monterey"),
    SALINAS: put("cds", "36679593630000"),  # the code of a school
}


@pytest.fixture(scope="module")
def spoiled(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Decide the statewide workbooks with wrong rows of each kind in the last one, each in another LEA."""
    folder = tmp_path_factory.mktemp("spoiled")
    place = Workplace(copy_of_state(folder / "letters", *BOOKS.values()), raw_cache, folder / "out")
    remembered = {cds: put("assistancestatus2023", value) for cds, value in REMEMBERED.items()}
    edit(place.source / BOOKS[2024], remembered | WRONG)
    with place.decide() as db:
        yield db


@pytest.fixture(scope="module")
def contradicted(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Decide the statewide workbooks with other statuses in the earlier ones."""
    folder = tmp_path_factory.mktemp("contradicted")
    place = Workplace(copy_of_state(folder / "letters", *ALL_BOOKS), raw_cache, folder / "out")
    for year, leas in CONTRADICTED.items():
        edit(place.source / BOOKS[year], {cds: no_assistance(year) for cds in leas})
    with place.decide() as db:
        yield db


@pytest.mark.slow
@pytest.mark.parametrize("year", CONTRADICTED)
def test_a_status_that_a_later_workbook_contradicts_is_unknown(
    contradicted: duckdb.DuckDBPyConnection, year: int
) -> None:
    """The row is consistent; only the next workbooks contradict it."""
    db, leas = contradicted, CONTRADICTED[year]
    assert {(file, cds, column) for file, cds, column, _ in rejects(db) if cds in leas} == {
        (BOOKS[year], cds, f"assistancestatus{year}") for cds in leas
    }
    for cds in leas:
        status, reason = assistance(db, cds, year)
        assert status == "undetermined" or "assistance lasts two years" in reason
        if year == 2022:
            assert "CDE's workbooks of 2022 and 2023 differ on this LEA's status of the earlier year" in reason
        assert db.execute(
            "select count(*) from student_group_history where cds = ? and dashboard_year = ? and meets_criteria is"
            " not null",
            [cds, year],
        ).fetchall() == [(0,)]
    named = {row[4] for row in db.execute(CHECKS["decisive_rows_rejected"]).fetchall() if row[1] == BOOKS[year]}
    assert named - {YEAR_1} == {"General Assistance"}
    assert db.execute(CHECKS["statuses_remembered"]).fetchall() == []


def test_a_year_with_a_different_status_in_a_later_workbook_is_unknown(spoiled: duckdb.DuckDBPyConnection) -> None:
    """It is unknown which of the two workbooks is wrong."""
    assert [r for r in rejects(spoiled) if r[0] == BOOKS[2023] and r[1] not in CONTRADICTED[2023]] == sorted(
        (BOOKS[2023], cds, "assistancestatus2023", YEAR_1) for cds in REMEMBERED
    )
    reasons = dict(spoiled.execute("select cds, any_value(reason) from rejects group by cds").fetchall())
    for cds, value in REMEMBERED.items():
        assert reasons[cds].startswith("assistancestatus24.xlsx, the workbook of 2024, ")
        assert reasons[cds].endswith(
            "no status of this LEA for 2023" if value == "*" else f"gives the status of 2023 as {value}"
        )


@pytest.mark.slow
def test_a_shifted_column_is_a_fault(letters: Workplace) -> None:
    """Statuses of 2022 are shifted by one row in the workbook of 2024: many rows differ, and a person has to look."""
    path = letters.source / BOOKS[2024]
    cells: list[Cell] = []
    book = openpyxl.load_workbook(path)
    sheet = book["District and COE 2024"]
    column = [str(c.value).lower() for c in sheet[6]].index("assistancestatus2022")
    cells = [row[column] for row in sheet.iter_rows(min_row=7)]
    values = [c.value for c in cells]
    for cell, value in zip(cells, values[1:] + values[:1], strict=True):
        cell.value = value
    book.save(path)
    with letters.decide("core") as db:
        ((source_id, _, told_by, _, rows, differ, _),) = db.execute(CHECKS["statuses_remembered"]).fetchall()
        assert (source_id, told_by) == ("assistance-2022", "assistance-2024")
        assert rows * 0.1 < differ < rows


# ---- codes, counties and names ----


def what_rows_say_of_their_codes(db: duckdb.DuckDBPyConnection, year: int) -> None:
    assert {
        ("57727180000000", "cdcode"), (SAN_LEANDRO, "cdcode"), (SOUTH_MONTEREY, "cdcode"), (ALAMEDA, "countyname"),
        ("36679593630000", "cds"),
    } <= {(cds, column) for file, cds, column, _ in rejects(db) if file == BOOKS[year]}  # fmt: skip
    nobody = "select count(*) from leas where cds in ('57727180000000', '36679593630000')"
    assert db.execute(nobody).fetchall() == [(0,)]
    unknown = db.execute(
        "select distinct cds from student_group_history where dashboard_year = ? and meets_criteria is null"
        " and list_contains(?, cds) and basis = 'cde_letters' order by cds",
        [year, list(WRONG)],
    ).fetchall()
    assert [cds for (cds,) in unknown] == sorted(WRONG)


def test_a_rows_repeated_code_columns_are_compared(spoiled: duckdb.DuckDBPyConnection) -> None:
    what_rows_say_of_their_codes(spoiled, 2024)


@pytest.mark.slow
@pytest.mark.parametrize("year", [2022, 2023])
def test_repeated_code_columns_of_an_earlier_workbook_are_compared(letters: Workplace, year: int) -> None:
    edit(letters.source / BOOKS[year], WRONG)
    with letters.decide("criteria") as db:
        what_rows_say_of_their_codes(db, year)


Local = Callable[[], Workplace]


@pytest.fixture(scope="module")
def local(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Local:
    """Return local indicators of all years, and one workbook."""
    names = [p.name for p in STATE.iterdir() if p.name.startswith(("Pr", "LocalInd"))]

    def place() -> Workplace:
        folder = tmp_path_factory.mktemp("local")
        return Workplace(copy_of_state(folder / "source", *names, BOOKS[2024]), raw_cache, folder / "out")

    return place


def in_rows(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    """Change the rows of a local indicator file, as lists of texts."""
    if path.suffix == ".txt":
        lines = path.read_bytes().decode("latin-1").split("\n")
        lines = ["\t".join(change(line.split("\t"))) for line in lines]
        path.write_bytes("\n".join(lines).encode("latin-1"))
        return
    book = openpyxl.load_workbook(path)
    for row in book.worksheets[0].iter_rows():
        for cell, value in zip(row, change([str(c.value or "") for c in row]), strict=True):
            cell.value = value
    book.save(path)


def exchange(one: str, other: str) -> Callable[[list[str]], list[str]]:
    codes = {one: other, other: one}
    return lambda row: [codes.get(row[0], row[0]), *row[1:]]


EXCHANGED = {
    "Pr12024.xlsx": (SOUTH_MONTEREY, SALINAS), "Pr62023.xlsx": (ALISAL, SALINAS),
    "Pr32024.xlsx": (SOUTH_MONTEREY, ALISAL), "LocalIndPerf2017.txt": (SALINAS, SANTA_CLARA),
    "LocalIndPerf2018.txt": (ALISAL, SALINAS),
}  # fmt: skip
IN_MARIN = (SOUTH_MONTEREY, SANTA_CLARA, ALAMEDA)


@pytest.fixture(scope="module")
def misplaced(local: Local) -> Iterator[duckdb.DuckDBPyConnection]:
    """Decide local rows under swapped codes, and rows of another county."""
    place = local()
    for file, pair in EXCHANGED.items():
        in_rows(place.source / file, exchange(*pair))
    in_rows(
        place.source / "LocalIndPerf2018.txt",
        lambda row: [*row[:2], "Marin", *row[3:]] if row[0] in IN_MARIN else row,
    )
    with place.decide("criteria") as db:
        yield db


def test_local_rows_under_swapped_codes_are_rejected(misplaced: duckdb.DuckDBPyConnection) -> None:
    found = {(file, cds) for file, cds, column, _ in rejects(misplaced) if column == "leaname"}
    assert found == {(file, cds) for file, pair in EXCHANGED.items() for cds in pair}
    assert {row[1] for row in misplaced.execute(CHECKS["decisive_rows_rejected"]).fetchall()} == set(EXCHANGED)


def test_the_county_of_a_local_row_is_compared(misplaced: duckdb.DuckDBPyConnection) -> None:
    of_2018 = [r for r in rejects(misplaced) if r[0] == "LocalIndPerf2018.txt" and r[1] not in (ALISAL, SALINAS)]
    assert {(cds, column, said) for _, cds, column, said in of_2018} == {
        (cds, "countyname", "Marin") for cds in IN_MARIN
    }


WRITTEN = {
    ("Pr22024.xlsx", SALINAS): "3", ("Pr12023.xlsx", ALISAL): "10", ("Pr72024.xlsx", SOUTH_MONTEREY): "4",
    ("Pr32024.xlsx", ALISAL): "03", ("Pr62024.xlsx", ALISAL): " 6 ",
}  # fmt: skip
TWO_YEARS = "Not Met For Two or More Years"
ANSWERS = {  # file, LEA and answer -> True if it is rejected
    ("LocalIndPerf2017.txt", SALINAS, "NA"): True,
    ("LocalIndPerf2017.txt", ALISAL, TWO_YEARS): True,
    ("LocalIndPerf2018.txt", SALINAS, "NA"): False,
    ("LocalIndPerf2018.txt", ALISAL, TWO_YEARS): True,
    ("Pr12023.xlsx", SALINAS, "NA"): True,
    ("Pr12024.xlsx", SALINAS, "NA"): True,
    ("Pr12024.xlsx", ALISAL, TWO_YEARS): False,
    ("Pr22024.xlsx", ALISAL, "N/A"): True,
}


@pytest.fixture(scope="module")
def miswritten(local: Local) -> Iterator[duckdb.DuckDBPyConnection]:
    """Decide local rows with a misspelled or duplicate priority, and with answers that a year does not have."""
    place = local()
    for (file, cds), number in WRITTEN.items():

        def write(row: list[str], cds: str = cds, number: str = number) -> list[str]:
            return [*row[:2], number, *row[3:]] if row[0] == cds else row

        in_rows(place.source / file, write)
    path = place.source / "LocalIndPerf2018.txt"
    lines = path.read_bytes().split(b"\n")
    own = next(line for line in lines if line.startswith(GONZALES.encode()) and b"Priority Area 1\t" in line)
    path.write_bytes(b"\n".join([*lines[:-1], own.replace(b"Priority Area 1\t", b"Priority Area 01\t"), lines[-1]]))
    for file, cds, value in ANSWERS:

        def answer(row: list[str], cds: str = cds, value: str = value) -> list[str]:
            return [value if row[0] == cds and v.strip() in ("Met", "Not Met") else v for v in row]

        in_rows(place.source / file, answer)
    with place.decide("core") as db:
        yield db


@pytest.mark.slow
def test_the_priority_of_a_local_row_must_match_its_file(miswritten: duckdb.DuckDBPyConnection) -> None:
    """Another spelling of a number is the same number, and two rows with the same number are one too many."""
    found = {(file, cds, said) for file, cds, column, said in rejects(miswritten) if column == "priority"}
    assert found == {(file, cds, number) for (file, cds), number in WRITTEN.items() if number in ("3", "10", "4")}
    assert {(file, cds) for file, cds, column, _ in rejects(miswritten) if column == "cds"} == {
        ("LocalIndPerf2018.txt", GONZALES)
    }
    known = "select count(*) from local_indicators where cds = ? and dashboard_year = 2024 and priority in (3, 6)"
    assert miswritten.execute(known, [ALISAL]).fetchall() == [(2,)]


# ---- answers of local indicators ----


@pytest.mark.slow
def test_an_answer_that_its_year_does_not_use_is_rejected(miswritten: duckdb.DuckDBPyConnection) -> None:
    refused = {key for key, is_refused in ANSWERS.items() if is_refused}
    found = {(file, cds, said) for file, cds, column, said in rejects(miswritten) if column == "performance"}
    assert found == refused
    assert {column for _, _, column, _ in rejects(miswritten)} == {"performance", "priority", "cds"}
