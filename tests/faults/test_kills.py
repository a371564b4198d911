"""SIGKILL at each stage, at each step of publishing, and at random moments.

Readers see a whole release, and the next run ends well.
"""

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.steps import STEPS
from tests.faults.children import child, publish_only, run_all
from tests.faults.conftest import Place
from transforms.release.current import current_release
from transforms.release.run_records import read_status

Tell = Callable[[str, int, str], None]
KILLED = -9
SEED = 20261124


@pytest.mark.parametrize("stage", [s.name for s in STEPS])
def test_the_run_after_a_kill_at_any_stage_succeeds(
    stage: str, place: Place, other_source: Path, expected: str, report_fault: Tell
) -> None:
    before = place.whole()
    for moment in ("before", "after"):
        process = child(run_all, place.given(other_source), (stage, moment))
        process.join()
        assert process.exitcode == KILLED
        assert place.whole() == (expected if (stage, moment) == ("release", "after") else before)
    place.run(other_source)
    assert place.settled() == expected, "what an undisturbed run publishes"
    report_fault(f"SIGKILL before and after the stage {stage}", 2, "old release served; same release as undisturbed")


def test_the_release_after_a_kill_is_the_same_byte_for_byte(
    place: Place, other_source: Path, uninterrupted: Place, expected: str
) -> None:
    for stage in ("criteria", "determinations", "gates"):
        process = child(run_all, place.given(other_source), (stage, "after"))
        process.join()
    place.run(other_source)
    wanted = uninterrupted.out / "releases" / expected
    for path in sorted(wanted.glob("*.parquet")):
        ours = place.out / "releases" / expected / path.name
        if not path.name.startswith("meta_"):
            assert ours.read_bytes() == path.read_bytes(), path.name
    skipped = "meta_release"  # has the time of publication
    with duckdb.connect() as connection:
        for path in sorted(wanted.glob("meta_*.parquet")):
            if path.stem != skipped:
                ours = place.out / "releases" / expected / path.name
                differing = "select count(*) from (from read_parquet($a) except all from read_parquet($b))"
                assert connection.execute(differing, {"a": str(path), "b": str(ours)}).fetchall() == [(0,)], path.name


def steps_of_publishing(given: dict[str, Any], built: Path, tmp_path: Path) -> list[str]:
    steps = tmp_path / "steps"
    process = child(publish_only, given, built, tmp_path / "scratch", "counted", None, steps)
    process.join()
    assert process.exitcode == 0
    return steps.read_text().splitlines()


def test_killed_before_each_step_of_publishing(place: Place, built: Path, tmp_path: Path, report_fault: Tell) -> None:
    given = place.given(keep_releases=3)  # so that publishing removes old releases
    for stamp in ("one", "two", "three"):
        child(publish_only, given, built, tmp_path / "scratch", stamp).join()
    steps = steps_of_publishing(given, built, tmp_path)
    # One for each file; a sample of them is enough.
    many = [i for i, s in enumerate(steps, 1) if s.startswith(("fsync", "unlink", "rmdir"))]
    points = [i for i in range(1, len(steps) + 1) if i not in many] + many[::9] + many[-3:]
    assert any(f"{name} " in steps[i - 1] for i in points for name in ("rename", "replace", "symlink"))
    assert any(".pruned" in steps[i - 1] or "unlink" in steps[i - 1] for i in points), (
        "removing old releases is among them"
    )
    for n, point in enumerate(sorted(set(points))):
        before = place.whole()
        process = child(publish_only, given, built, tmp_path / "scratch", f"step {n}", point)
        process.join()
        assert process.exitcode == KILLED, f"step {point}"
        place.whole()
        process = child(publish_only, given, built, tmp_path / "scratch", f"step {n}")
        process.join()
        assert process.exitcode == 0
        assert place.whole() != before, f"after step {point}: {steps[point - 1]}"
    report_fault(
        "SIGKILL before each step of publishing (rename, fsync, pointer ...)",
        len(set(points)),
        "whole release served; next publication well",
    )


@pytest.mark.parametrize(
    ("part", "pages"), [(0, True), (1, False), (2, False), (3, False), (4, False), (5, False)]
)  # so that workers share them
def test_killed_at_random_moments_of_publishing(
    part: int, pages: bool, place: Place, request: pytest.FixtureRequest, tmp_path: Path, report_fault: Tell
) -> None:
    chance, kills, flipped, attempt = random.Random(SEED + part), 0, 0, 0  # noqa: S311
    given, scratch, wanted = place.given(), tmp_path / "scratch", 25 if pages else 32
    built: Path = request.getfixturevalue("built_whole" if pages else "built")

    def begin(stamp: str) -> ForkServerProcess:
        return child(publish_only, given, built, scratch, stamp, None, None, pages)

    def timed(stamp: str) -> float:
        started, process = time.perf_counter(), begin(stamp)
        process.join()
        assert process.exitcode == 0
        return time.perf_counter() - started

    takes = min(timed("timed"), timed("timed again"))
    while kills < wanted:
        attempt += 1
        before = place.whole()
        process = begin(f"random {attempt}")
        process.join(chance.uniform(0.1, 1.0) * takes)
        process.kill()
        process.join()
        kills += process.exitcode == KILLED
        flipped += place.whole() != before
        publish_only(given, built, scratch, f"random {attempt}", pages=pages)  # raises if it does not end well
        assert place.whole() != before
    what = "publishing with pages" if pages else "publishing"
    report_fault(
        f"SIGKILL at a random moment of {what}",
        kills,
        f"whole release served each time (new one {flipped} times); next well",
    )


@pytest.mark.parametrize(("part", "whole", "wanted"), [(0, True, 3), (1, True, 3), (2, False, 7), (3, False, 7)])
def test_killed_at_random_moments_of_a_run(
    part: int,
    whole: bool,
    wanted: int,
    place: Place,
    other_source: Path,
    expected: str,
    report_fault: Tell,
    baseline: Place,
) -> None:
    """``whole``: with every expectation and page, which take most of the time of a run.

    Without it, the moments fall into the other stages.
    """
    chance, kills = random.Random(SEED + 10 + part), 0  # noqa: S311

    def begin() -> ForkServerProcess:
        shutil.rmtree(place.out)
        shutil.copytree(baseline.out, place.out, symlinks=True)
        return child(run_all, place.given(other_source), None, whole)

    begin().join()  # later runs reuse what this run reads and validates
    started = time.perf_counter()
    begin().join()
    takes = time.perf_counter() - started
    while kills < wanted:
        process = begin()
        process.join(chance.uniform(0.02, 0.95) * takes)
        process.kill()
        process.join()
        kills += process.exitcode == KILLED
        place.whole()
        place.run(other_source)
        assert place.settled() == expected
    what = "a whole run" if whole else "a run without expectations and pages"
    report_fault(
        f"SIGKILL at a random moment of {what}",
        kills,
        "whole release served each time; next run well",
    )


def test_interrupted_at_random_moments_of_a_run(
    place: Place, other_source: Path, expected: str, baseline: Place, report_fault: Tell
) -> None:
    """SIGINT and SIGTERM: the run ends with a message. Readers see a whole release, and the next run ends well."""
    chance, tries, told = random.Random(SEED + 20), 10, 0  # noqa: S311
    started = time.perf_counter()
    place.run(other_source)
    takes = time.perf_counter() - started
    for n in range(tries):
        shutil.rmtree(place.out)
        shutil.copytree(baseline.out, place.out, symlinks=True)
        number = signal.SIGINT if n % 2 else signal.SIGTERM
        process = child(run_all, place.given(other_source))
        process.join(chance.uniform(0.2, 1.0) * takes)
        if process.is_alive() and process.pid is not None:
            os.kill(process.pid, number)
        process.join(60)
        assert not process.is_alive(), "it ends soon"
        released = place.whole()
        status = read_status(place.out)
        if process.exitcode and status["last_outcome"] == "interrupted":
            told += 1
            assert status["exit_code"] == 128 + number
            assert ("was published and is current" in status["message"]) is (released == expected)
        place.run(other_source)
        assert place.settled() == expected
    assert told >= tries // 3, "most signals come while a run is at work"
    report_fault(
        "SIGINT or SIGTERM at a random moment of a run",
        tries,
        f"recorded as interrupted ({told} times); whole release served; next run well",
    )


def test_killed_while_a_damaged_release_is_replaced(
    place: Place, built: Path, tmp_path: Path, report_fault: Tell
) -> None:
    process = child(publish_only, place.given(), built, tmp_path / "scratch", "mend")
    process.join()
    release = current_release(place.out)
    assert release is not None
    steps = steps_of_publishing(place.given(), built, tmp_path)
    tries = 0
    for point in [i for i, s in enumerate(steps, 1) if not s.startswith("fsync")]:
        database = release / "dta.duckdb"
        content = bytearray(database.read_bytes())
        content[len(content) // 2] ^= 0xFF
        database.chmod(0o644)
        database.write_bytes(content)
        process = child(publish_only, place.given(), built, tmp_path / "scratch", "mend", point)
        process.join()
        assert process.exitcode == KILLED
        assert (place.out / "current").exists(), "the pointer leads somewhere at every instant"
        process = child(publish_only, place.given(), built, tmp_path / "scratch", "mend")
        process.join()
        assert process.exitcode == 0
        place.whole()
        tries += 1
    report_fault(
        "SIGKILL while a damaged release is replaced", tries, "pointer never dangles; next publication mends it"
    )
