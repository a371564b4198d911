"""Every day is California's day, whatever the zone of the machine."""

import json
import os
import re
import subprocess
import sys
import time as system_time
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from flows.cli.run import is_due, time_of_day
from flows.deployed.parameters import PastDay
from reports.figures import day
from transforms import clock
from transforms.errors import UsageError
from transforms.locks import run_lock
from transforms.settings import PROJECT, Settings
from transforms.sources.catalog import Source
from transforms.sources.store import Store

ZONES = ("UTC", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati", "Pacific/Pago_Pago")
# UTC moment, day in California: 18:00 on a winter evening; the last and first second of a day, in winter and summer;
# both ends of daylight saving time
MOMENTS = [
    ("2026-11-28T02:00:00", "2026-11-27"),
    ("2026-11-28T07:59:59", "2026-11-27"),
    ("2026-11-28T08:00:00", "2026-11-28"),
    ("2026-07-01T06:59:59", "2026-06-30"),
    ("2026-07-01T07:00:00", "2026-07-01"),
    ("2026-03-08T10:00:00", "2026-03-08"),
    ("2026-11-01T09:30:00", "2026-11-01"),
]


@pytest.fixture
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Set the machine's zone."""
    monkeypatch.setenv("TZ", request.param)
    system_time.tzset()
    yield request.param
    monkeypatch.undo()
    system_time.tzset()


def at(monkeypatch: pytest.MonkeyPatch, moment: str) -> datetime:
    fixed = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: fixed)
    return fixed


@pytest.mark.parametrize("zone", ZONES, indirect=True)
@pytest.mark.parametrize(("moment", "expected"), MOMENTS)
def test_the_day_is_californias_in_every_zone(
    zone: str, moment: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fixed = at(monkeypatch, moment)
    assert clock.today().isoformat() == expected
    assert Settings().as_of.isoformat() == expected
    assert day(fixed) == day(fixed.replace(tzinfo=None)) == expected, "moments of the published tables are UTC"


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"], indirect=True)
def test_a_file_received_in_the_evening_has_californias_day(
    zone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, "2026-11-28T02:00:00")
    (tmp_path / "new").write_bytes(b"x")
    source = Source.model_construct(id="a-source", file="new")
    kept = Store(tmp_path / "store").keep(tmp_path / "new", source, "new", "inbox")
    assert kept.first_seen == "2026-11-27"
    (record,) = (json.loads(p.read_text()) for p in (tmp_path / "store").rglob("*.json"))
    assert record["taken_at"] == "2026-11-28T02:00:00+00:00"


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"], indirect=True)
def test_tomorrow_in_california_is_in_the_future(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from pydantic import TypeAdapter, ValidationError

    at(monkeypatch, "2026-11-28T02:00:00")
    assert TypeAdapter(PastDay).validate_python(date(2026, 11, 27)) == date(2026, 11, 27)
    with pytest.raises(ValidationError, match="is in the future"):
        TypeAdapter(PastDay).validate_python(date(2026, 11, 28))


def test_displayed_times_have_their_zone() -> None:
    assert clock.shown(datetime(2026, 11, 28, 2, 0, tzinfo=UTC)) == "2026-11-27 18:00 PST"
    assert clock.shown(datetime(2026, 7, 1, 6, 59)) == "2026-06-30 23:59 PDT"  # noqa: DTZ001 - as the published tables have it: UTC, without a zone


@pytest.mark.parametrize(
    ("moment", "slot"),
    [
        ("2026-11-27T12:14:59", "2026-11-26T12:15:00"),  # a second before 04:15 PST
        ("2026-11-27T12:15:00", "2026-11-27T12:15:00"),
        ("2026-07-01T11:15:00", "2026-07-01T11:15:00"),  # 04:15 PDT
        ("2026-07-01T11:14:59", "2026-06-30T11:15:00"),
        ("2026-11-28T07:30:00", "2026-11-27T12:15:00"),  # late in the evening in California, the next day in UTC
        ("2026-03-08T11:15:00", "2026-03-08T11:15:00"),  # the day on which clocks go forward
        ("2026-11-01T12:15:00", "2026-11-01T12:15:00"),  # the day on which they go back
    ],
)
def test_the_hour_of_the_night_is_in_california_time(moment: str, slot: str) -> None:
    assert (
        clock.latest_slot(time(4, 15), datetime.fromisoformat(moment).replace(tzinfo=UTC)).isoformat()
        == f"{slot}+00:00"
    )


def night_ended(out: Path, moment: str, outcome: str = "unchanged") -> None:
    """Write the record of a run that ended at ``moment``."""
    record = {
        "last_run": moment,
        "last_outcome": outcome,
        "exit_code": 0 if outcome == "unchanged" else 1,
        "message": "",
    }
    (out / "status.json").write_text(json.dumps(record))


def calls(monkeypatch: pytest.MonkeyPatch, out: Path, begin: str, days: int, minutes: int = 15) -> list[str]:
    """Return the times at which calls every few minutes would have run, each run ending half a minute later."""
    moment, ran = datetime.fromisoformat(begin).replace(tzinfo=UTC), []
    end = moment + timedelta(days=days)
    while moment < end:
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        if is_due(out, time(4, 15)):
            ran.append(clock.shown(moment))
            night_ended(out, (moment + timedelta(seconds=30)).isoformat())
        moment += timedelta(minutes=minutes)
    return ran


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "Asia/Kolkata"], indirect=True)
@pytest.mark.parametrize(
    ("begin", "expected"),
    [
        ("2026-11-27T08:00:00", ["2026-11-27 04:15 PST", "2026-11-28 04:15 PST", "2026-11-29 04:15 PST"]),
        ("2026-10-31T08:00:00", ["2026-10-31 04:15 PDT", "2026-11-01 04:15 PST", "2026-11-02 04:15 PST"]),
        ("2026-03-07T10:00:00", ["2026-03-07 04:15 PST", "2026-03-08 04:15 PDT", "2026-03-09 04:15 PDT"]),
    ],
)
def test_calls_every_15_minutes_run_once_a_night(
    zone: str, begin: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = datetime.fromisoformat(begin).replace(tzinfo=UTC) - timedelta(hours=12)
    night_ended(tmp_path, before.isoformat())
    assert calls(monkeypatch, tmp_path, begin, 3) == expected


def test_a_missed_night_is_run_later_and_an_active_run_is_not_disturbed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, "2026-11-27T19:00:00")
    night_ended(tmp_path, "2026-11-26T12:20:00+00:00")
    assert is_due(tmp_path, time(4, 15)), "the machine was off at 04:15"
    with run_lock(tmp_path):
        assert not is_due(tmp_path, time(4, 15))
    night_ended(tmp_path, "2026-11-27T12:16:00+00:00", "failed")
    assert not is_due(tmp_path, time(4, 15)), "a night that failed is not tried all day"


def test_a_call_before_the_nightly_hour_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, "2026-11-27T12:00:00")
    night_ended(tmp_path, "2026-11-26T12:20:00+00:00")
    ended = CliRunner().invoke(app, ["run", "--at", "04:15", "--out", str(tmp_path)])
    assert (ended.exit_code, ended.output) == (0, "")


@pytest.mark.parametrize("wrong", ["4", "24:00", "noon", "04:15:00", "4:15 PM", ""])
def test_an_invalid_time_of_day_is_refused(wrong: str) -> None:
    with pytest.raises(UsageError, match=re.escape(repr(wrong))):
        time_of_day(wrong)


def test_published_moments_are_the_same_in_every_zone(tmp_path: Path) -> None:
    """In separate processes, because DuckDB reads the machine's zone only once."""
    query = (PROJECT / "transforms/sql/meta/meta_sources.sql").read_text()
    casts = re.findall(r"(try_cast\(n\.\w+ as timestamptz\)) as \w+", query)
    assert len(casts) == 2
    script = "import duckdb, sys; print(duckdb.sql(sys.argv[1]).fetchall()[0][0].timestamp())"
    for host in ("UTC", "Asia/Tokyo", "America/Los_Angeles"):
        select = f"select {casts[0].replace('n.accepted_at', repr('2026-11-28T02:00:00+00:00'))}"
        said = subprocess.run(
            [sys.executable, "-c", script, select],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "TZ": host},
        ).stdout
        assert said.strip() == "1795831200.0", host


CLOCKS = re.compile(
    r"date\.today|datetime\.(?:now|today|utcnow)|time\.(?:localtime|strftime)|\bcurrent_(?:date|time|timestamp)\b|\b(?:now|today|get_current_\w+)\(\)|CRON_TZ=",
    re.IGNORECASE,
)


def test_only_the_clock_module_reads_the_system_date() -> None:
    for package in ("transforms", "flows", "reports", "expectations", "data/rules"):
        for path in sorted((PROJECT / package).rglob("*")):
            if (
                path.suffix not in {".py", ".sql", ".toml", ".html", ".typ", ".j2", ""}
                or not path.is_file()
                or "node_modules" in path.parts
            ):
                continue
            text = path.read_text("utf-8").replace("clock.now()", "").replace("clock.today()", "")
            if path == PROJECT / "transforms" / "clock.py":
                continue
            assert CLOCKS.findall(text) == [], path


def test_time_zones_are_installed_with_the_project() -> None:
    import tomllib

    names = [
        re.split(r"[<>=]", d)[0]
        for d in tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["dependencies"]
    ]
    assert "tzdata" in names
    script = (
        "import zoneinfo; zoneinfo.reset_tzpath(()); import transforms.clock as c; print(c.CALIFORNIA.key, c.today())"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PROJECT
    ).stdout
    assert said.startswith("America/Los_Angeles")
