"""Ctrl-C and SIGTERM end a run as interrupted in every stage, tested with a real process and a real signal."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import duckdb
import psutil
import pytest

from expectations.judging import rows_of
from flows.steps import STEPS
from reports.output import whole_file, whole_folder
from tests.workplace import PROJECT, STATE, Workplace, reissue
from transforms.interrupt import Interrupted, listening, shielded, stop_if_signaled
from transforms.release.current import current_release
from transforms.release.run_records import published_ids, read_status
from transforms.release.verify import damage_of
from transforms.sql import build_table

PATIENCE = 120.0


def interrupted(
    place: Workplace, how: str, stage: str, number: signal.Signals, tmp_path: Path
) -> tuple[subprocess.Popen[str], str, float]:
    """Send the signal when the stage is busy; return the ended process, its output, and the time that the end took."""
    busy = tmp_path / "busy"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DTA_")}
    environment |= {
        "DTA_SOURCE": str(place.source),
        "DTA_WORK": str(place.work),
        "DTA_OUT": str(place.out),
        "DTA_AS_OF": "2026-11-24",
    }
    command = [sys.executable, "-m", "tests.pipeline.interrupted_run", how, stage, str(busy)]
    process = subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    started = time.monotonic()
    while not busy.exists():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() - started < PATIENCE
        time.sleep(0.05)
    sent = time.monotonic()
    process.send_signal(number)
    try:
        said, _ = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    return process, said, time.monotonic() - sent


@pytest.mark.parametrize(
    ("how", "stage", "number"),
    [
        ("query", "determinations", signal.SIGTERM),
        *(
            pytest.param(*way, marks=pytest.mark.slow)  # other ways, and the same ways with the other signal or stage
            for way in (
                ("threads", "core", signal.SIGINT),
                ("hidden", "criteria", signal.SIGINT),
                ("python", "raw", signal.SIGTERM),
                ("swallowed", "gates", signal.SIGINT),
                ("query", "criteria", signal.SIGINT),
                ("threads", "core", signal.SIGTERM),
                ("hidden", "release", signal.SIGTERM),
                ("python", "snapshot", signal.SIGINT),
            )
        ),
    ],
)
def test_a_run_ends_as_interrupted(
    how: str, stage: str, number: signal.Signals, released: Workplace, tmp_path: Path, cached_runs_without_gates: None
) -> None:
    before = current_release(released.out)
    assert before is not None
    reissue(released.source)
    process, said, took = interrupted(released, how, stage, number, tmp_path)
    assert process.returncode == 128 + number, said
    assert took < 30
    assert "Traceback" not in said
    assert f"interrupted by {number.name}" in " ".join(said.split())
    status = read_status(released.out)
    assert (status["last_outcome"], status["exit_code"], status["release_id"]) == (
        "interrupted",
        128 + number,
        before.name,
    )
    assert "Nothing was published" in status["message"]
    entry = json.loads((released.out / "runs.jsonl").read_text().splitlines()[-1])
    assert (entry["last_outcome"], entry["exit_code"], entry["run_id"]) == (
        "interrupted",
        128 + number,
        status["run_id"],
    )
    assert current_release(released.out) == before
    assert damage_of(before) == []
    if how == "python":
        ended = json.loads([line for line in said.splitlines() if '"run_ended"' in line][-1])
        assert (ended["outcome"], ended["exit_code"], ended["stage"]) == ("interrupted", 128 + number, stage)
    assert status["last_good_check"], "that of the run before"
    if (how, stage) == ("query", "criteria"):
        check_fresh_start(released)


def check_fresh_start(place: Workplace) -> None:
    """Check that the run after an interrupted one starts from the beginning."""
    assert place.publish().outcome == "published"
    assert [s["stage"] for s in read_status(place.out)["stages"]] == [s.name for s in STEPS]


@pytest.mark.slow
@pytest.mark.parametrize("how", ["hidden", "query"])
def test_a_run_interrupted_after_publishing_reports_the_release(how: str, released: Workplace, tmp_path: Path) -> None:
    before = current_release(released.out)
    reissue(released.source)
    process, said, _ = interrupted(released, how, "release+", signal.SIGINT, tmp_path)
    new = current_release(released.out)
    assert process.returncode == 130, said
    assert new is not None
    assert new != before
    assert damage_of(new) == []
    status = read_status(released.out)
    assert (status["last_outcome"], status["release_id"]) == ("interrupted", new.name)
    assert f"Release {new.name} was published and is current" in status["message"]
    assert "Nothing was published" not in said
    assert published_ids(released.out)[-1] == new.name


def check_no_process_left(
    command: list[str], number: signal.Signals, place: Workplace, begun: Callable[[], bool] = lambda: True
) -> None:
    """Send the signal while a child process works, and check that no process is alive afterwards."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DTA_")}
    environment |= {"DTA_SOURCE": str(place.source), "DTA_WORK": str(place.work), "DTA_OUT": str(place.out)}
    environment |= {"DTA_AS_OF": "2026-11-24"}
    process = subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )

    def child_processes() -> list[psutil.Process]:
        if not begun():
            return []
        return [child for child in psutil.Process(process.pid).children() if "transforms.worker" in child.cmdline()]

    while not (found := child_processes()):
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.05)
    process.send_signal(number)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == (-number if number == signal.SIGKILL else 128 + number), said
    assert "Traceback" not in said
    _, alive = psutil.wait_procs(found, timeout=PATIENCE)
    assert alive == []
    assert current_release(place.out) is None


@pytest.mark.slow
def test_no_validation_process_is_left_behind(tmp_path: Path) -> None:
    """The process imports Great Expectations."""
    command = [str(Path(sys.executable).parent / "dta"), "run", "--log", "json"]
    check_no_process_left(command, signal.SIGTERM, Workplace(STATE, tmp_path / "work", tmp_path / "out"))


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_page_process_is_left_behind(number: signal.Signals, state_run: Path, tmp_path: Path) -> None:
    release = tmp_path / "release"
    shutil.copytree(
        (state_run / "out" / "current").resolve(), release, ignore=shutil.ignore_patterns("reports", "*.html")
    )
    command = [sys.executable, "-m", "tests.pipeline.interrupted_run", "pages", "release", str(tmp_path / "busy")]
    place = Workplace(release, tmp_path / "work", tmp_path / "out")
    check_no_process_left(command, number, place, lambda: any(release.glob("reports/lea/*.html")))


def test_an_interrupted_query_exits_with_130(published: Workplace) -> None:
    command = [
        str(Path(sys.executable).parent / "dta"),
        "sql",
        "select count(*) from range(10000000) a, range(10000000) b where (a.range * b.range) % 7 = 3",
    ]
    process = subprocess.Popen(
        [*command, "--out", str(published.out)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    while not any(file.path.endswith(".duckdb") for file in psutil.Process(process.pid).open_files()):
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.05)
    time.sleep(0.3)  # the query runs now
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, said
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_an_interrupted_command_exits_with_the_code_of_its_signal(
    number: signal.Signals, published: Workplace, tmp_path: Path
) -> None:
    """While plain Python runs, so that nothing turns the signal into another error."""
    command = [str(Path(sys.executable).parent / "dta"), "report", "lea", "--all", "--to", str(tmp_path)]
    process = subprocess.Popen(
        [*command, "--out", str(published.out)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    while not any(file.path.endswith(".duckdb") for file in psutil.Process(process.pid).open_files()):
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.05)
    process.send_signal(number)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + number, said
    assert f"interrupted by {number.name}" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("made_by", "whole"), [("mkdtemp", whole_folder), ("mkstemp", whole_file)])
def test_a_signal_while_the_folder_is_created_leaves_nothing(
    made_by: str,
    whole: Callable[[Path, bool], AbstractContextManager[Path]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make = getattr(tempfile, made_by)

    def make_and_be_interrupted(**given: Any) -> Any:
        made = make(**given)
        signal.raise_signal(signal.SIGINT)
        return made

    monkeypatch.setattr(tempfile, made_by, make_and_be_interrupted)
    with pytest.raises(Interrupted), listening(), whole(tmp_path / "report", False):
        raise AssertionError("the command goes on")
    assert list(tmp_path.iterdir()) == []


def test_a_signal_during_a_record_is_handled_after_it() -> None:
    with pytest.raises(Interrupted), listening():  # noqa: PT012 - the order is the subject
        with shielded():
            signal.raise_signal(signal.SIGTERM)
            recorded = True
        assert recorded
        stop_if_signaled()
    stop_if_signaled()


def test_a_failing_expectation_does_not_hide_a_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    """An expectation turns every error into a result; DuckDB answers a signal with a plain RuntimeError."""
    from expectations import validate as gx
    from expectations.suites.tables import suites_of_tables

    def judge(*arguments: object) -> None:
        with suppress(Interrupted):
            signal.raise_signal(signal.SIGINT)
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr(gx, "judge", judge)
    with pytest.raises(Interrupted), listening():
        gx.validate(rows_of(duckdb.connect()), suites_of_tables()[0])


def test_a_signal_where_nothing_can_be_raised_is_handled_later(capfd: pytest.CaptureFixture[str]) -> None:
    """For example, while a module is imported, or an object is deleted."""

    class Dropped:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(Interrupted), listening():  # noqa: PT012 - the order is the subject
        Dropped()
        stop_if_signaled()
    assert capfd.readouterr() == ("", "")


def test_no_table_is_started_after_a_signal() -> None:
    """Even on another thread, if the signal came too early to end its query."""
    with duckdb.connect() as connection, pytest.raises(Interrupted), listening():  # noqa: PT012 - the order is the subject
        with shielded():
            signal.raise_signal(signal.SIGTERM)
        build_table(connection, "core", "leas")


def test_signal_handlers_are_restored_and_ignored_by_other_threads() -> None:
    before = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
    with listening(), listening():
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)] == before
    entered = []

    def run_in_thread() -> None:
        with listening():
            entered.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=run_in_thread)
    thread.start()
    thread.join()
    assert entered == before[:1]


def test_the_handler_of_a_scheduler_is_called_first() -> None:
    """On SIGTERM, Prefect raises an exception by which it recognizes a cancelled run."""

    class CancelledError(BaseException):
        pass

    def cancel(number: int, frame: object) -> None:
        raise CancelledError

    before = signal.signal(signal.SIGTERM, cancel)
    try:
        with pytest.raises(CancelledError), listening():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
