"""A workbook row whose status, methods and letters contradict each other determines nothing.

A workbook with many such rows is not used.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from openpyxl.cell import Cell

from tests.workbooks import change_all, change_rows
from tests.workplace import Workplace, copy_of_state
from transforms.build import build_core
from transforms.run import Run
from transforms.sources.unused import unused_files

BOOKS = {18: "assistancestatus18.xlsx", 19: "assistancestatus19-rev.xlsx"}
YEAR_1, YEAR_2 = "Differentiated Assistance, Year 1", "Differentiated Assistance, Year 2"
NONE_MET = "no method is met, and the status says that one is"
ONE_MET = "a method is met, and Year 2 is for those that meet none"
Row = dict[str, Cell]
Values = dict[str, str]
STATUS = "AssistanceStatus"


def book(year: int) -> str:
    return BOOKS.get(year, f"assistancestatus{year}.xlsx")


def values(row: Row) -> Values:
    return {heading: str(cell.value or "").strip() for heading, cell in row.items()}


def methods(row: Values) -> list[str]:
    return [h for h, v in row.items() if h.startswith("MetMethod") and v == "Y"]


def only(row: Values, method: int) -> bool:
    return methods(row) == [f"MetMethod{method}"]


def own(row: Values) -> str:
    return [v for h, v in row.items() if h.startswith(STATUS)][-1]


# year of the workbook, rows, values to write, and reason of the reject; each is applied to one row or two
Case = tuple[int, Callable[[Values], bool], Values, str]
CASES: dict[str, Case] = {
    "2018: the only method, 2, denied": (18, lambda r: only(r, 2), {"MetMethod2": "N"}, NONE_MET),
    "2018: the only method, 3, denied": (18, lambda r: only(r, 3), {"MetMethod3": "N"}, NONE_MET),
    "2019: the only method, 2, denied": (19, lambda r: only(r, 2), {"MetMethod2": "N"}, NONE_MET),
    "2023: the only method, 2, denied": (23, lambda r: only(r, 2), {"MetMethod2": "N"}, NONE_MET),
    "2023: the only method, 3, denied": (23, lambda r: only(r, 3), {"MetMethod3": "N"}, NONE_MET),
    "2023: a Year 2 before there was one": (
        23,
        lambda r: own(r).startswith("General"),
        {"AssistanceStatus2023": YEAR_2},
        "assistance does not last two years here, so there is no Year 2",
    ),
    "2024: the only method, 2, denied": (24, lambda r: only(r, 2), {"MetMethod2": "N"}, NONE_MET),
    "2024: a method in Year 2": (24, lambda r: own(r) == YEAR_2, {"MetMethod4": "Y"}, ONE_MET),
    "2024: Year 1 without a method": (24, lambda r: own(r) == YEAR_2, {"AssistanceStatus2024": YEAR_1}, NONE_MET),
    "2024: Year 2 with a method": (24, lambda r: own(r) == YEAR_1, {"AssistanceStatus2024": YEAR_2}, ONE_MET),
    "2024: Year 2 is General": (
        24,
        lambda r: own(r) == YEAR_2,
        {"AssistanceStatus2024": "General Assistance"},
        "assistance lasts two years, and the row was in Year 1 in 2023",
    ),
    "2024: General is Year 2": (
        24,
        lambda r: own(r).startswith("General"),
        {"AssistanceStatus2024": YEAR_2},
        "Year 2 follows Year 1, and the row was not in Year 1 in 2023",
    ),
}


@pytest.mark.parametrize("years", [(23, 24), pytest.param((18, 19, 23, 24), marks=pytest.mark.slow)], ids=len)
def test_a_row_that_contradicts_its_status_is_undetermined(
    years: tuple[int, ...], tmp_path: Path, raw_cache: Path
) -> None:
    """In the statewide workbooks from the first year on; one or two rows per case, and no row twice."""
    source = copy_of_state(tmp_path / "source", *(book(year) for year in (18, 19, 22, 23, 24) if year >= years[0]))
    spoiled: dict[tuple[str, int], str] = {}
    in_second_year: set[tuple[str, int]] = set()  # of 2024: LEAs with a method in 2023 have assistance in any case
    for year in years:
        left = {case: 2 for case, (of_year, *_) in CASES.items() if of_year == year}

        def spoil(row: Row, left: dict[str, int] = left, year: int = year) -> None:
            found = values(row)
            case = next((c for c, n in left.items() if n and CASES[c][1](found)), None)
            if case and found["CDS"] not in {cds for cds, _ in spoiled}:
                left[case] -= 1
                spoiled[found["CDS"], 2000 + year] = CASES[case][3]
                if year == 24 and found["AssistanceStatus2023"] == YEAR_1:
                    in_second_year.add((found["CDS"], 2024))
                for heading, value in CASES[case][2].items():
                    row[heading].value = value

        change_rows(source / book(year), spoil)
        assert max(left.values()) < 2, left
    with Workplace(source, raw_cache, tmp_path / "out").decide() as db:
        rejects = db.execute("select cds, dashboard_year, reason from rejects").fetchall()
        assert {(cds, year): reason for cds, year, reason in rejects} == spoiled
        verdicts = db.execute(
            "select cds, determination_year, status from assistance where determination = 'differentiated_assistance'"
        ).fetchall()
        found = {(cds, year): status for cds, year, status in verdicts}
    assert len(spoiled) > 5 * len(years)
    assert {found[key] for key in spoiled.keys() - in_second_year} == {"undetermined"}
    assert {found[key] for key in in_second_year} == {"eligible"}


def moved_down(*headings: str) -> Callable[[Path], None]:
    """Move all columns whose headings begin like this one row down; the last row's values go to the first row."""

    def move(rows: list[Row]) -> None:
        wanted = [h for h in rows[0] if h.startswith(headings) or h.endswith(headings)]
        before = [[r[h].value for h in wanted] for r in rows]
        for row, values in zip(rows, [before[-1], *before[:-1]], strict=True):
            for heading, value in zip(wanted, values, strict=True):
                row[heading].value = value

    return lambda path: change_all(path, move)


OF_THE_YEAR = ("priorities", "TotalStudentGroups", "AssistanceStatus2024", "MetMethod", "EC52072_2024")
MOVED = {24: OF_THE_YEAR, 23: ("MetMethod",), 22: ("priorities",)}  # by the year of the workbook


@pytest.fixture(scope="module")
def sorted_in_part(new_place: Callable[[], Workplace]) -> Iterator[Run]:
    place = new_place()
    for year, headings in MOVED.items():
        moved_down(*headings)(place.source / f"assistancestatus{year}.xlsx")
    run = place.decided("core")
    yield run
    run.finish()


@pytest.mark.parametrize("year", MOVED)
def test_a_partly_sorted_workbook_is_not_used(sorted_in_part: Run, year: int) -> None:
    unused = {u.file: u for u in unused_files(sorted_in_part)}[f"assistancestatus{year}.xlsx"]
    assert (unused.source_id, unused.earlier_sha256) == (f"assistance-20{year}", "")
    assert "rows" in unused.reason
    assert "contradict themselves" in unused.reason
    assert unused.line is not None
    with sorted_in_part.connect() as db:
        for table in ("source_files", "assistance_cells"):
            counted = db.execute(f"select count(*) from {table} where source_id = ?", [unused.source_id]).fetchall()
            assert counted == [(0,)]


@pytest.mark.slow
def test_the_stage_gives_the_same_result_when_repeated(sorted_in_part: Run) -> None:
    unused = unused_files(sorted_in_part)
    assert {u.file for u in unused} == {f"assistancestatus{year}.xlsx" for year in MOVED}
    build_core(sorted_in_part)
    assert unused_files(sorted_in_part) == unused


@pytest.mark.slow
def test_the_edition_of_the_current_release_is_used_instead(
    bare_released: Workplace, db: duckdb.DuckDBPyConnection
) -> None:
    before = db.execute("select * exclude (release_id) from assistance_letters order by all")
    letters = f"select {', '.join(column[0] for column in before.description)} from assistance_letters order by all"
    rows = before.fetchall()
    ((sha256,),) = db.execute("select sha256 from meta_sources where source_id = 'assistance-2024'").fetchall()
    moved_down(*OF_THE_YEAR)(bare_released.source / "assistancestatus24.xlsx")
    run = bare_released.decided("core")
    (unused,) = unused_files(run)
    assert unused.earlier_sha256 == sha256
    with run.connect() as found:
        assert found.execute(letters).fetchall() == rows
    run.finish()
