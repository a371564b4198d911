"""A folder that is removed while a run is at work: words and exit code 8, and what was published stays."""

import shutil

import pytest

from flows.runner import execute
from tests.workplace import Workplace
from transforms.errors import StorageError, storage_error
from transforms.run import Run, StepResult


@pytest.mark.parametrize(
    "at",
    ["raw", "criteria", "release", *(pytest.param(at, marks=pytest.mark.slow) for at in ("snapshot", "core", "gates"))],
)
def test_the_work_folder_is_removed(without_gates: None, workplace: Workplace, at: str) -> None:
    from dataclasses import replace

    place = replace(workplace, work=workplace.out.parent / "work")

    def perform(step: object, run: Run) -> StepResult:
        if step.name == at:  # type: ignore[attr-defined]
            shutil.rmtree(place.work)
        return step.function(run)  # type: ignore[attr-defined,no-any-return]

    with pytest.raises(StorageError, match="it is gone: a folder was removed") as raised:
        execute(place.settings(), perform)
    assert raised.value.exit_code == 8
    assert not (place.out / "current").exists()
    assert place.publish().outcome == "published", "the next run makes what it needs"


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(2, "No such file or directory", "/gone/x"),
        RuntimeError('IO Error: Cannot open file "/gone/x": No such file or directory'),
    ],
)
def test_the_file_is_named(error: Exception) -> None:
    assert "/gone/x" in str(storage_error(error))


def test_another_error_is_none_of_storage() -> None:
    assert storage_error(ValueError("a wrong value")) is None
