"""The watch notices what a dead scheduler does not report."""

import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from flows.watch import inspect_releases, is_notification_due
from tests.workplace import Workplace
from transforms import clock
from transforms.release.current import current_release
from transforms.release.pointer import roll_back

NOW = clock.now()


@pytest.fixture
def out(published: Workplace, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published.out, tmp_path / "out", symlinks=True))


def test_the_watch_accepts_a_good_night(out: Path) -> None:
    seen = inspect_releases(out, 48)
    assert not seen.wrong
    assert re.fullmatch(r"the last good check was (less than an hour|1 hour|\d+ hours) ago", seen.headline)
    assert re.search(r" was [234] hours ago$", inspect_releases(out, 48, clock.now() + timedelta(hours=3)).headline)


@pytest.mark.parametrize(("later", "said"), [(49, "no good release for 4"), (-30, "in the future: check the clock")])
def test_the_watch_reports_missing_nights(out: Path, later: int, said: str) -> None:
    seen = inspect_releases(out, 48, NOW + timedelta(hours=later))
    assert seen.wrong
    assert said in seen.headline


def test_failed_runs_do_not_count_as_good(out: Path) -> None:
    from transforms.release.run_records import record_run

    record_run(out, "failed", "no network", "x", 3)
    seen = inspect_releases(out, 48, NOW + timedelta(hours=60))
    assert seen.wrong
    assert seen.lines == ["The last run failed: no network"]


def test_the_watch_reports_a_damaged_or_missing_release(out: Path) -> None:
    release = current_release(out)
    assert release is not None
    (release / "evidence.parquet").unlink()
    assert "is damaged (evidence.parquet: missing)" in inspect_releases(out, 48).headline
    shutil.rmtree(release)
    assert "there is no current release" in inspect_releases(out, 48).headline
    (out / "status.json").write_text("{torn")
    assert "no run has ever succeeded" in inspect_releases(out, 48).headline


def test_the_watch_mentions_a_hold(out: Path) -> None:
    roll_back(out, "current", "trial")
    seen = inspect_releases(out, 48)
    assert not seen.wrong
    assert "Held at release" in seen.lines[0]


def test_the_watch_notifies_once_a_day_and_again_after_recovery(out: Path) -> None:
    late = inspect_releases(out, 48, NOW + timedelta(hours=60))
    assert is_notification_due(out, late, NOW)
    assert not is_notification_due(out, late, NOW + timedelta(hours=1))
    assert is_notification_due(out, late, NOW + timedelta(hours=25))
    assert not is_notification_due(out, inspect_releases(out, 48), NOW)
    assert is_notification_due(out, late, NOW + timedelta(hours=26))
    (out / "watch.json").write_text("torn")
    assert is_notification_due(out, late, NOW)


def test_the_command_exits_with_6(out: Path, tmp_path: Path) -> None:
    runner = CliRunner(env={"COLUMNS": "160", "NO_COLOR": "1"})
    assert runner.invoke(app, ["watch", "--out", str(out)]).exit_code == 0
    ended = runner.invoke(app, ["watch", "--out", str(tmp_path / "nothing")])
    assert "no run has ever succeeded" in str(ended.exception).lower()
    assert getattr(ended.exception, "exit_code", None) == 6
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("hours", ["inf", "1e308", "nan", "0", "-1"])
def test_an_invalid_patience_is_refused(out: Path, hours: str) -> None:
    assert CliRunner().invoke(app, ["watch", "--hours", hours, "--out", str(out)]).exit_code == 2
