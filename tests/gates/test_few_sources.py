"""Any set of sources that can answer something passes the gates; a set that answers nothing does not."""

import shutil
from pathlib import Path

import pytest

from tests.workplace import SAMPLE, Workplace
from transforms.errors import GateError


@pytest.fixture
def place(tmp_path: Path, raw_cache: Path) -> Workplace:
    (tmp_path / "files").mkdir()
    return Workplace(tmp_path / "files", raw_cache, tmp_path / "out")


def take(place: Workplace, *patterns: str) -> None:
    for pattern in patterns:
        for path in SAMPLE.glob(pattern):
            shutil.copy(path, place.source)


@pytest.mark.slow
def test_workbooks_alone_pass(place: Workplace) -> None:
    take(place, "assistancestatus*")
    with place.checked() as db:
        ((rows,),) = db.execute("select count(*) from indicator_results").fetchall()
        ((answered,),) = db.execute(
            "select count(*) from eligibility where pathway = 'continuum' and status in ('eligible', 'not_eligible')"
        ).fetchall()
        stopping = db.execute(
            "select check_id from meta_gate_results where outcome <> 'passed' and severity = 'critical'"
        ).fetchall()
    assert (rows, stopping) == (0, [])
    assert answered > 0


@pytest.mark.slow
def test_sources_without_any_results_stop_the_run(without_contracts: None, place: Workplace) -> None:
    take(place, "suspdownload2024.txt")
    with pytest.raises(GateError, match="The sources answer something") as raised:
        place.checked()
    assert "Cannot be accepted: determinations_exist" in str(raised.value)
