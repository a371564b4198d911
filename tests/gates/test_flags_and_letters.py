"""Letters in wrong columns that no indicator file reveals, but CDE's own flags of EC 52072 do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from expectations.checks import load_checks
from expectations.results import GateResult, run_check
from tests.on_demand import OnDemand
from tests.workplace import STATE, Workplace, copy_of_state

(CHECK,) = (c for c in load_checks() if c.check_id == "flags_contradict_letters")
GROUPS = (
    "AA",
    "AI",
    "AS",
    "EL",
    "FI",
    "FOS",
    "HI",
    "HOM",
    "LTEL",
    "PI",
    "SED",
    "SWD",
    "MR",
    "WH",
)  # as in the workbook
pytestmark = pytest.mark.slow
Change = tuple[str, str]  # a value, and the cells that get it


def moved(target: dict[str, str]) -> Change:
    """Move the letter of each of these columns to another one."""
    cases = " ".join(f"when '{one}' then '{other}'" for one, other in target.items())
    return f"part = case part {cases} else part end", "family = 'letter'"


def exchanged(one: str, other: str) -> Change:
    return moved({one: other, other: one})


RIGHT = moved(dict(zip(GROUPS, (*GROUPS[1:], GROUPS[0]), strict=True)))
TURNED = ("value = case value when 'Y' then 'N' else 'Y' end", "family = 'ec52072'")
NEVER = ("value = 'N'", "family = 'ec52072'")


@pytest.fixture(scope="module")
def decided(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnDemand]:
    """Decide only the workbooks of the whole state, without a previous release."""
    folder = tmp_path_factory.mktemp("letters")
    source = copy_of_state(folder / "source", *(p.name for p in STATE.glob("assistancestatus*")))
    with Workplace(source, raw_cache, folder / "out").decide() as db:
        assert isinstance(db, OnDemand)
        assert run_check(db, CHECK).outcome == "passed"  # type: ignore[arg-type]
        yield db


def checked(db: OnDemand, change: Change, *years: int) -> GateResult:
    """Return the result of the check after cells of these workbooks were changed."""
    value, cells = change
    db.execute("begin")
    try:
        for year in years:
            cells_of = f"source_id = 'assistance-20{year}' and {cells}"
            ((there,),) = db.execute(f"select count(*) from assistance_cells where {cells_of}").fetchall()
            assert there > 900
            db.execute(f"update assistance_cells set {value} where {cells_of}")
        db.rebuild("assistance_cells", "eligibility")
        return run_check(db, CHECK)  # type: ignore[arg-type]
    finally:
        db.execute("rollback")


@pytest.mark.parametrize(
    "change", [RIGHT, exchanged("HOM", "SWD"), exchanged("SWD", "EL")], ids=["right", "HOM_SWD", "SWD_EL"]
)
def test_letters_in_wrong_columns_stop(decided: OnDemand, change: Change) -> None:
    result = checked(decided, change, 24)
    assert (result.outcome, result.stops_release, result.can_be_accepted) == ("failed", True, True)
    assert ["assistance-2024" in row for row in result.rows] == [True]


@pytest.mark.parametrize(("change", "years"), [(TURNED, (22, 23, 24)), (NEVER, (24,)), (TURNED, (23,))])
def test_changed_flags_only_warn(decided: OnDemand, change: Change, years: tuple[int, ...]) -> None:
    """A computed verdict never yields to the flag: such a night warns about every difference and does not stop."""
    assert checked(decided, change, *years).outcome == "passed"
