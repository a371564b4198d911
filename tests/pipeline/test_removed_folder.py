"""A folder is removed during a run: clear message and exit code 8, and the published release stays."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.runner import execute
from flows.steps import Step
from tests.workplace import SAMPLE, Workplace
from transforms.errors import StorageError, storage_error
from transforms.run import Run, StepResult


@pytest.mark.slow
@pytest.mark.parametrize("stages", [("criteria",), ("snapshot", "raw", "core", "gates", "release")])
def test_the_work_folder_is_removed(without_gates: None, tmp_path: Path, stages: tuple[str, ...]) -> None:
    """Before each stage; the next run creates what it needs, here from two files."""
    source = tmp_path / "source"
    source.mkdir()
    for name in ("suspdownload2024.txt", "assistancestatus19-rev.xlsx"):
        shutil.copy2(SAMPLE / name, source)
    place = Workplace(source, tmp_path / "work", tmp_path / "out")
    for stage in stages:
        with pytest.raises(StorageError, match="it no longer exists: a folder was removed") as raised:
            execute(place.settings(), removing_at(stage, place.work))
        assert raised.value.exit_code == 8
        assert not (place.out / "current").exists()
    assert place.publish().outcome == "published"


def removing_at(stage: str, folder: Path) -> Callable[[Step, Run], StepResult]:
    def perform(step: Step, run: Run) -> StepResult:
        if step.name == stage:
            shutil.rmtree(folder)
        return step.function(run)

    return perform


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(2, "No such file or directory", "/gone/x"),
        RuntimeError('IO Error: Cannot open file "/gone/x": No such file or directory'),
    ],
)
def test_the_error_names_the_missing_file(error: Exception) -> None:
    assert "/gone/x" in str(storage_error(error))


def test_another_error_is_not_reported_as_a_storage_fault() -> None:
    assert storage_error(ValueError("a wrong value")) is None
