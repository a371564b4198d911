"""A run that died is started again from the beginning; people and programs can read the record."""

import hashlib
import io
import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.logs import event_line, json_log
from flows.runner import Outcome, execute
from flows.steps import STEPS, Step
from tests.cases import reference_copy
from tests.conftest import skip_gates
from tests.workplace import AS_OF, SAMPLE, Workplace, copy_of_work
from transforms.errors import ReleaseError, SourceFilesError, StorageError
from transforms.locks import run_lock
from transforms.release.current import current_release
from transforms.release.run_records import read_status
from transforms.run import Run, StepResult

pytestmark = pytest.mark.usefixtures("without_gates")
NAMES = [s.name for s in STEPS]


class Died(BaseException):
    """Raised as if the process had been killed: nothing is cleaned up."""


def dying_at(stage: str, how: Callable[[], BaseException] = Died) -> Callable[[Step, Run], StepResult]:
    def perform(step: Step, run: Run) -> StepResult:
        if step.name == stage:
            raise how()
        return step.function(run)

    return perform


@dataclass
class Rerun:
    """The run after one that died: where it published, its stages, its log, and what the dead run had left."""

    place: Workplace
    outcome: Outcome
    done: list[str]
    events: list[dict[str, Any]]
    words: list[str]
    left: Path


# Rows as text, and typed parts behind the view indicator_results, are outside the scratch folder.
HARM = {
    "raw/*/dashboard-ela-2024/*.parquet": "rot",
    "core/*/dashboard-math-2024/*.parquet": "rot",
    "core/*/dashboard-susp-*/*.faults.parquet": "gone",
}


@pytest.fixture(scope="module")
def rerun(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Rerun:
    """Let a run die between stages, tear its scratch folder, damage the files next to it, and run again.

    The folders are not those of the release of the sample.
    """
    folder = tmp_path_factory.mktemp("died")
    source, reference = shutil.copytree(SAMPLE, folder / "ein Ordner"), reference_copy(folder / "reference")
    place = Workplace(source, copy_of_work(raw_cache, folder / "w'ork"), folder / "out put", reference)
    with pytest.MonkeyPatch.context() as patch:
        skip_gates(patch)
        with pytest.raises(Died):
            execute(place.settings(), dying_at("criteria"))
        left = place.work / "build" / "runs" / hashlib.sha256(str(place.out).encode()).hexdigest()[:16] / "run-x"
        left.mkdir(parents=True)  # like the folder of a killed run
        (left / "build.duckdb").write_bytes(b"torn")
        for files, harm in HARM.items():
            damaged = list((place.work / "build").glob(files))
            assert damaged, files
            for path in damaged:
                spoil(path, harm)
        stream, words, done = io.StringIO(), [], []
        log = json_log(stream)

        def both(event: dict[str, object]) -> None:
            log(event)
            words.append(event_line(event))

        def perform(step: Step, run: Run) -> StepResult:
            done.append(step.name)
            return step.function(run)

        outcome = execute(place.settings(), perform, log=both)
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    return Rerun(place, outcome, done, events, words, left)


def spoil(path: Path, harm: str) -> None:
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.unlink() if harm == "gone" else path.write_bytes(content)


@pytest.mark.slow
def test_a_run_after_a_dead_one_starts_over_and_verifies_leftovers(rerun: Rerun) -> None:
    """The next run uses the files next to the scratch folder, but rebuilds damaged ones."""
    assert rerun.done == NAMES
    assert not rerun.left.exists(), "what was left is removed"


@pytest.mark.slow
def test_the_same_inputs_give_the_same_release_id_and_bytes(rerun: Rerun, published: Workplace) -> None:
    """In other folders, and after a run that died."""
    undisturbed = current_release(published.out)
    assert undisturbed is not None
    assert rerun.outcome.release_id == undisturbed.name
    for path in undisturbed.glob("*.parquet"):
        if not path.name.startswith("meta_"):
            assert path.read_bytes() == (rerun.place.out / "current" / path.name).read_bytes(), path.name


def test_old_dead_runs_are_removed_regardless_of_the_clock(workplace: Workplace) -> None:
    runs = workplace.work / "build" / "runs"
    old, future, recent, of_a_check, not_ours = (
        "0123456789abcdef",
        "fedcba9876543210",
        "00000000aaaaaaaa",
        "run-abc",
        "notes",
    )
    for name, age in (
        (old, 4 * 86400),
        (future, -4 * 86400),
        (recent, 3600),
        (of_a_check, 4 * 86400),
        (not_ours, 4 * 86400),
    ):
        (runs / name).mkdir(parents=True)
        os.utime(runs / name, (time.time() - age,) * 2)
    for path in workplace.source.iterdir():
        path.write_text("<html>")
    with pytest.raises(SourceFilesError):
        workplace.publish()
    assert {p.name for p in runs.iterdir()} & {old, future, recent, of_a_check, not_ours} == {recent, not_ours}
    for name in (recent, not_ours):
        shutil.rmtree(runs / name)


def test_a_second_run_is_refused_and_does_not_touch_the_record(released: Workplace) -> None:
    before = (released.out / "status.json").read_bytes()
    with run_lock(released.out), pytest.raises(ReleaseError, match="Another run is using"):
        released.publish()
    assert (released.out / "status.json").read_bytes() == before


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), OSError(30, "Read-only file system", "/x")])
def test_storage_faults_give_plain_messages_and_leave_nothing(workplace: Workplace, fault: OSError) -> None:
    runs = workplace.work / "build" / "runs"
    of_others = set(runs.iterdir()) if runs.exists() else set()  # the work folder is shared
    with pytest.raises(StorageError, match=r"disk is full|read-only"):
        execute(workplace.settings(), dying_at("core", lambda: fault))
    assert read_status(workplace.out)["exit_code"] == 8
    assert set(runs.iterdir()) <= of_others


def test_a_run_with_a_clock_set_back_publishes_nothing(released: Workplace) -> None:
    before = current_release(released.out)
    earlier = AS_OF - timedelta(days=300)
    by_the_clock = released.settings(as_of=earlier)
    by_the_clock.model_fields_set.discard("as_of")
    with pytest.raises(ReleaseError, match=r"The clock says .* is as of .* dta run --as-of"):
        execute(by_the_clock, lambda step, run: step.function(run))
    assert current_release(released.out) == before
    with pytest.raises(Died):  # a named day is accepted: the run begins
        execute(released.settings(as_of=earlier), dying_at("snapshot"))


@pytest.mark.slow
def test_the_log_has_rows_and_seconds_as_text_and_json(rerun: Rerun) -> None:
    assert {e["run_id"] for e in rerun.events} == {rerun.outcome.run_id}
    stages = [e for e in rerun.events if e["event"] == "stage"]
    assert [e["stage"] for e in stages] == NAMES
    assert all({"rows_in", "rows_out", "seconds", "time", "message"} <= e.keys() for e in stages)
    assert rerun.events[-1]["outcome"] == "published"
    assert any("6,862 in" in w and w.startswith("raw") for w in rerun.words)
