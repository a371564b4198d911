"""Faults of the machine.

Full disk, read-only folder, no network, a clock that jumps, files that change or rot, two runs at once.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.faults.children import child, run_all
from tests.faults.conftest import Place
from tests.workplace import SAMPLE
from transforms.release.current import current_release
from transforms.release.verify import damage_of

Tell = Callable[[str, int, str], None]
DTA = str(Path(sys.executable).parent / "dta")
# The command as if files had so many rows that its tables are in a file.
ON_DISK = "import transforms.run; transforms.run.FEW_ROWS = 1; from flows.cli.app import main; main()"


def dta(
    place: Place, *arguments: object, source: object = SAMPLE, on_disk: bool = False, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run the command as cron would."""
    command = [sys.executable, "-c", ON_DISK] if on_disk else [DTA]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(place.root),
        "DTA_WORK": str(place.root / "work"),
        "DTA_OUT": str(place.out),
    }
    environment |= {
        "DTA_SOURCE": str(source),
        "DTA_AS_OF": "2026-11-24",
        "DTA_INBOX": str(place.root / "inbox"),
        **settings,
    }
    return subprocess.run(
        [*command, *map(str, arguments)], capture_output=True, text=True, env=environment, check=False
    )


@pytest.mark.parametrize("share", [0.1, 0.4, 0.7, 0.9])
def test_disk_full_in_the_output_folder(
    share: float, baseline: Place, other_source: Path, remounted: Any, report_fault: Tell
) -> None:
    """There is room for this share of another release."""

    def size_of(folder: Path) -> int:
        return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink())

    room = share * size_of((baseline.out / "current").resolve())
    mounted = remounted("small", f"size={int(size_of(baseline.out) + room) // 1024 + 300}k")
    shutil.copytree(baseline.out, mounted / "out", symlinks=True)
    shutil.copytree(baseline.root / "work", mounted.parent / "work")
    place = Place(mounted)
    before = place.whole()
    ended = dta(place, "run", source=other_source, DTA_WORK=str(mounted.parent / "work"))
    assert ended.returncode == 8, f"the disk was full: {ended.stderr}"
    assert "the disk is full" in ended.stderr
    assert place.whole() == before
    assert list((place.out / "releases").glob(".*")) == [], (
        "what was half built is gone, so that the disk has room again"
    )
    remounted("small", "size=200m")
    assert dta(place, "run", source=other_source, DTA_WORK=str(mounted.parent / "work")).returncode == 0
    assert place.settled() != before
    report_fault(f"disk full after {share:.0%} of a release", 1, "exit 8 in words; old release served; next run well")


@pytest.mark.parametrize(("kilobytes", "on_disk"), [(100, False), (2000, False), (9000, True), (20000, True)])
def test_disk_full_in_the_work_folder(
    kilobytes: int,
    on_disk: bool,
    baseline: Place,
    other_source: Path,
    remounted: Any,
    report_fault: Tell,
    tmp_path: Path,
) -> None:
    mounted = remounted("small", f"size={kilobytes}k")
    shutil.copytree(baseline.out, tmp_path / "p" / "out", symlinks=True)
    place = Place(tmp_path / "p")
    before = place.whole()
    ended = dta(place, "run", source=other_source, on_disk=on_disk, DTA_WORK=str(mounted))
    assert ended.returncode in (3, 8), ended.stderr
    assert "disk is full" in ended.stderr or "No space left" in ended.stderr
    assert place.whole() == before
    remounted("small", "size=300m")
    assert dta(place, "run", source=other_source, on_disk=on_disk, DTA_WORK=str(mounted)).returncode == 0
    assert place.settled() != before
    report_fault(
        f"disk full after {kilobytes} kB where work is done",
        1,
        f"exit {ended.returncode} in words; old release served; next run well",
    )


@pytest.mark.parametrize("which", ["out", "work"])
def test_a_read_only_folder(
    which: str, baseline: Place, other_source: Path, remounted: Any, report_fault: Tell, tmp_path: Path
) -> None:
    place = Place(tmp_path / "p")
    shutil.copytree(baseline.root, place.root, symlinks=True)
    mounted = remounted("fs", "size=300m")
    shutil.copytree(place.root / which, mounted / which, symlinks=True)
    shutil.rmtree(place.root / which)
    (place.root / which).symlink_to(mounted / which)
    before = place.whole()
    remounted("fs", "ro")
    ended = dta(place, "run", source=other_source)
    assert ended.returncode == 8, ended.stderr
    assert "read-only" in ended.stderr
    assert place.whole() == before
    remounted("fs", "rw")
    assert dta(place, "run", source=other_source).returncode == 0
    assert place.settled() != before
    report_fault(f"read-only folder: {which}", 1, "exit 8 in words; old release served; next run well")


def test_the_watch_of_a_read_only_folder(baseline: Place, remounted: Any, report_fault: Tell) -> None:
    mounted = remounted("fs", "size=300m")
    shutil.copytree(baseline.out, mounted / "out", symlinks=True)
    place = Place(mounted)
    (place.out / "watch.json").write_text('{"told_at": "2020-01-01T00:00:00+00:00"}')
    remounted("fs", "ro")
    for command, code in (
        (("watch",), 0),
        (("status",), 0),
        (("verify",), 0),
        (("sql", "select count(*) from eligibility"), 0),
        (("releases",), 0),
    ):
        ended = dta(place, *command)
        assert ended.returncode == code, (command, ended.stderr)
        assert "Traceback" not in ended.stderr
    late = dta(place, "watch", "--hours", "0.01", DTA_NOTIFY_OCCASIONS="")
    assert late.returncode in (0, 6), late.stderr
    remounted("fs", "rw")
    (place.out / "current").unlink()
    remounted("fs", "ro")
    ended = dta(place, "watch")
    assert ended.returncode == 6
    assert "There is no current release" in ended.stderr
    assert "Traceback" not in ended.stderr
    report_fault("watch, status and readers on a read-only mount", 7, "exit code and words, nothing written")


def without_network(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run in a network namespace without connections. Skips if that is not allowed."""
    if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode:
        pytest.skip("a network namespace needs root")
    return subprocess.run(["unshare", "-n", *command], capture_output=True, text=True, env=environment, check=False)


def test_a_night_without_network(place: Place, report_fault: Tell) -> None:
    """Files came through the inbox before, and now no publisher can be reached.

    Yesterday's tables stay, and the policy decides on the exit code.
    """
    shutil.copytree(SAMPLE, place.root / "inbox")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(place.root),
        "DTA_WORK": str(place.root / "work2"),
        "DTA_OUT": str(place.root / "out2"),
    }
    environment |= {
        "DTA_SOURCE": "catalog",
        "DTA_AS_OF": "2026-11-24",
        "DTA_INBOX": str(place.root / "inbox"),
        "DTA_FETCH_PAUSE": "0",
        "DTA_FETCH_ATTEMPTS": "1",
    }
    first = without_network([DTA, "run"], environment)
    assert first.returncode == 0, first.stderr
    release = current_release(place.root / "out2")
    assert release is not None
    for policy, days, code in (("serve", "0", 0), ("fail", "0", 7)):
        ended = without_network([DTA, "run"], {**environment, "DTA_STALE_POLICY": policy, "DTA_STALE_DAYS": days})
        assert ended.returncode == code, ended.stderr
        assert current_release(place.root / "out2") == release
        assert damage_of(release) == []
        said = ended.stdout + ended.stderr
        assert "Not refreshed" in said if policy == "serve" else "no publisher has answered" in " ".join(said.split())
    report_fault("network gone (own network namespace)", 2, "yesterday's tables; exit 0, or 7 where the policy says so")


def test_a_first_night_without_network(place: Place, report_fault: Tell) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(place.root),
        "DTA_WORK": str(place.root / "w"),
        "DTA_OUT": str(place.root / "o"),
    }
    environment |= {
        "DTA_SOURCE": "catalog",
        "DTA_INBOX": str(place.root / "none"),
        "DTA_FETCH_PAUSE": "0",
        "DTA_FETCH_ATTEMPTS": "1",
    }
    ended = without_network([DTA, "run"], environment)
    assert ended.returncode == 3
    assert "no connection" in ended.stderr
    report_fault("network gone on the first night", 1, "exit 3 names each file; nothing published")


def test_the_clock_jumps(place: Place, other_source: Path, report_fault: Tell) -> None:
    """Back by years: nothing is decided.

    Forward and back between two runs: order and retention do not follow the clock.
    """
    before = place.whole()
    given = place.given(other_source)
    del given["as_of"]
    process = child(run_under_clock, given, "2019-03-03T04:15:00+00:00", REFUSED)
    process.join()
    assert process.exitcode == 0
    assert place.whole() == before
    process = child(run_under_clock, {**given, "as_of": place.given()["as_of"]}, "2035-01-01T00:00:00+00:00", "")
    process.join()
    assert process.exitcode == 0
    ahead = place.settled()
    assert ahead != before
    place.run()
    assert place.settled() == before, "a release that is there already is pointed to again"
    report_fault(
        "clock jumps back by years, and ahead", 2, "back: refused in words; ahead: order of releases is not the clock's"
    )


REFUSED = "The clock says 2019-03-03"


def run_under_clock(given: dict[str, Any], moment: str, refused: str) -> None:
    """Run in a process in which every calendar clock shows ``moment``."""
    from datetime import date, datetime

    import flows.runner as runner
    import transforms.release.pointer
    import transforms.release.publish as release
    import transforms.release.run_records as status
    from transforms.errors import ReleaseError
    from transforms.settings import Settings

    shown = datetime.fromisoformat(moment)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return shown

    for module in (runner, release, status, transforms.release.pointer):
        module.datetime = Clock  # type: ignore[attr-defined]
    settings = Settings(**{"as_of": shown.date(), **given})
    if "as_of" not in given:
        settings.model_fields_set.discard("as_of")
        assert settings.as_of == date.fromisoformat(moment[:10])
    said = ""
    try:
        runner.execute(settings, lambda step, run: step.function(run))
    except ReleaseError as error:
        said = str(error)
    assert said.startswith(refused), said
    assert bool(said) == bool(refused), said


def test_a_source_file_is_still_being_written(
    place: Place, other_source: Path, tmp_path: Path, report_fault: Tell
) -> None:
    source = tmp_path / "growing"
    shutil.copytree(other_source, source)
    file, stop = source / "eladownload2024.txt", threading.Event()
    content, turn = file.read_bytes(), 0

    def write() -> None:
        """Write the first half again and again under new names, never with the bytes of a file that was kept before."""
        nonlocal turn
        while not stop.is_set():
            turn += 1
            with file.open("r+b") as stream:
                stream.write(content.replace(b"Monterey", b"M%07d" % (turn % 10**7))[: len(content) // 2])
            time.sleep(0.05)

    before, writer = place.whole(), threading.Thread(target=write)
    writer.start()
    try:
        ended = dta(place, "run", source=source)
    finally:
        stop.set()
        writer.join()
    assert ended.returncode == 0, ended.stderr
    assert "eladownload2024.txt: the file is changing while it is read" in ended.stdout
    assert place.whole() != before, "another file was reissued"
    assert unused_files_of(place) == ["eladownload2024.txt"]
    file.write_bytes(content)
    assert dta(place, "run", source=source).returncode == 0
    place.settled()
    assert unused_files_of(place) == []
    report_fault(
        "source changes while it is read", 1, "file not used and named; its earlier edition served; next run well"
    )


def unused_files_of(place: Place) -> list[str]:
    with duckdb.connect(str(place.out / "current" / "dta.duckdb"), read_only=True) as db:
        return [file for (file,) in db.execute("select file from meta_unused_files order by 1").fetchall()]


def test_two_runs_at_once(place: Place, other_source: Path, expected: str, report_fault: Tell) -> None:
    tries, refused = 6, 0
    for _ in range(tries):
        both = [child(run_all, place.given(other_source)), child(run_all, place.given(other_source))]
        for process in both:
            process.join()
        codes = sorted(p.exitcode or 0 for p in both)
        assert codes in ([0, 1], [0, 0]), "one of them always does it; the other is refused, or comes later"
        refused += codes == [0, 1]
        assert place.settled() == expected
        place.run()
    assert refused
    report_fault("two runs at once", tries, f"one works, the other is refused ({refused} times); one release")


def test_a_reader_holds_the_old_database_open(
    place: Place, other_source: Path, expected: str, report_fault: Tell
) -> None:
    old = (place.out / "current").resolve()
    with duckdb.connect(str(old / "dta.duckdb"), read_only=True) as reader:
        place.run(other_source, keep_releases=1)
        assert not old.exists(), "retention removed it"
        for _ in range(3):
            assert reader.execute("select count(*) > 0, any_value(release_id) from evidence").fetchall() == [
                (True, old.name)
            ]
        assert place.settled() == expected
    report_fault(
        "reader holds the old database open, even when it is removed",
        1,
        "reader keeps the old release; new one published",
    )


def rot(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.chmod(0o644)
    path.write_bytes(content)


def test_a_corrupted_snapshot(place: Place, other_source: Path, report_fault: Tell) -> None:
    before = place.whole()
    for snapshot in (place.root / "work" / "snapshots").glob("*/*.txt"):
        rot(snapshot)
    for parquet in list((place.root / "work" / "build" / "raw").rglob("*.parquet"))[::2]:
        rot(parquet)
    place.run(other_source)
    assert place.settled() != before, "the folder has the files: they are kept and read anew"
    report_fault(
        "corrupted snapshots and readings, source available", 1, "found by hash, kept and read anew; right release"
    )


def test_a_corrupted_snapshot_that_cannot_be_fetched_again(place: Place, report_fault: Tell) -> None:
    shutil.copytree(SAMPLE, place.root / "inbox")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(place.root),
        "DTA_WORK": str(place.root / "work2"),
        "DTA_OUT": str(place.root / "out2"),
    }
    environment |= {
        "DTA_SOURCE": "catalog",
        "DTA_AS_OF": "2026-11-24",
        "DTA_INBOX": str(place.root / "inbox"),
        "DTA_FETCH_PAUSE": "0",
        "DTA_FETCH_ATTEMPTS": "1",
    }
    assert without_network([DTA, "run"], environment).returncode == 0
    before = current_release(place.root / "out2")
    (snapshot,) = (place.root / "work2" / "snapshots" / "dashboard-ela-2024").glob("*.txt")
    rot(snapshot)
    ended = without_network([DTA, "run"], environment)
    assert ended.returncode == 3
    assert "eladownload2024.txt: the stored copy is missing or no longer matches its hash" in ended.stderr
    assert current_release(place.root / "out2") == before
    shutil.copy(SAMPLE / "eladownload2024.txt", place.root / "inbox")
    ended = without_network([DTA, "run"], environment)
    assert ended.returncode == 0, ended.stderr
    assert current_release(place.root / "out2") == before
    report_fault(
        "corrupted snapshot, network gone", 1, "exit 3 names the file; old release served; mended through the inbox"
    )


@pytest.mark.parametrize("file", ["dta.duckdb", "eligibility.parquet", "manifest.json", "dictionary.csv"])
@pytest.mark.parametrize("harm", ["rot", "cut", "gone"])
def test_a_corrupted_release(file: str, harm: str, place: Place, report_fault: Tell) -> None:
    before = place.whole()
    path = place.out / "current" / file
    path.chmod(0o644)
    if harm == "rot":
        rot(path)
    elif harm == "cut":
        with path.open("r+b") as stream:
            stream.truncate(path.stat().st_size // 2)
    else:
        path.unlink()
    place.run()
    assert place.settled() == before, "made anew, with the same content and so the same name"
    report_fault(f"corrupted release: {file} {harm}", 1, "found, and made anew by the next run")


def test_a_stopped_publisher_keeps_its_lock_and_a_dead_one_does_not(
    place: Place, other_source: Path, expected: str, report_fault: Tell
) -> None:
    import signal

    process = child(run_all, place.given(other_source))
    time.sleep(0.8)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    refused = dta(place, "run", source=other_source)
    assert refused.returncode == 6
    assert "Another run is using" in refused.stderr
    process.kill()
    process.join()
    assert dta(place, "run", source=other_source).returncode == 0
    assert place.settled() == expected
    report_fault(
        "owner of the lock stopped, then killed", 1, "others refused while it lives; free at once when it is dead"
    )
