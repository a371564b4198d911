"""Letters in wrong columns where no indicator file shows it: CDE's own flags of EC 52072 do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl.cell import Cell

from expectations.checks import load_checks
from expectations.results import GateResult
from expectations.sql_checks import run_check
from tests.workbooks import change_rows
from tests.workplace import STATE, Workplace, copy_of_state

(CHECK,) = (c for c in load_checks() if c.check_id == "flags_contradict_letters")
Row = dict[str, Cell]
TURNED = {"Y": "N", "N": "Y"}


def rotate(row: Row, headings: list[str]) -> None:
    """The value of each of these columns goes to the next, and the last one's to the first."""
    found = [row[h].value for h in headings]
    for heading, value in zip(headings, [found[-1], *found[:-1]], strict=True):
        row[heading].value = value


def one_to_the_right(row: Row) -> None:
    rotate(row, [h for h in row if h.endswith("priorities")])


def exchanged(one: str, other: str) -> Callable[[Row], None]:
    return lambda row: rotate(row, [f"{one}priorities", f"{other}priorities"])


def turned(row: Row) -> None:
    for heading, cell in row.items():
        if heading.startswith("EC52072"):
            cell.value = TURNED[str(cell.value)]


def never(row: Row) -> None:
    for heading, cell in row.items():
        if heading.startswith("EC52072"):
            cell.value = "N"


def checked(folder: Path, raw_cache: Path, change: Callable[[Row], None], *years: int) -> GateResult:
    """What the check finds in the workbooks of the whole state alone, with no release before."""
    source = copy_of_state(folder / "source", *(p.name for p in STATE.glob("assistancestatus*")))
    for year in years:
        change_rows(source / f"assistancestatus{year}.xlsx", change)
    run = Workplace(source, raw_cache, folder / "out").decided()
    with run.connect() as db:
        result = run_check(db, CHECK)
    run.finish()
    return result


@pytest.mark.parametrize(
    "change", [one_to_the_right, exchanged("HOM", "SWD"), exchanged("SWD", "EL")], ids=["right", "HOM_SWD", "SWD_EL"]
)
def test_letters_in_wrong_columns_stop(tmp_path: Path, raw_cache: Path, change: Callable[[Row], None]) -> None:
    result = checked(tmp_path, raw_cache, change, 24)
    assert (result.outcome, result.stops_release, result.can_be_accepted) == ("failed", True, True)
    assert ["assistance-2024" in row for row in result.rows] == [True]


@pytest.mark.parametrize(("change", "years"), [(turned, (22, 23, 24)), (never, (24,)), (turned, (23,))])
def test_flags_that_were_changed_are_no_evidence(
    tmp_path: Path, raw_cache: Path, change: Callable[[Row], None], years: tuple[int, ...]
) -> None:
    """A computed verdict never yields to the flag: such a night warns of every difference, and does not stop."""
    assert checked(tmp_path, raw_cache, change, *years).outcome == "passed"
