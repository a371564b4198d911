"""prefect.yaml, units and crontab as files: everything that they name or promise exists."""

import configparser
import os
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError
from typer.testing import CliRunner

from flows.backfill import plan
from flows.cli.app import app
from tests.workplace import SAMPLE
from transforms import clock
from transforms.errors import ConfigError
from transforms.settings import PROJECT, Settings

PLAN = yaml.safe_load((PROJECT / "prefect.yaml").read_text())
UNITS = PROJECT / "flows" / "deployed" / "units"
SYSTEMD = shutil.which("systemd-analyze")
BY_NAME = {d["name"]: d for d in PLAN["deployments"]}


def test_prefect_yaml_has_three_deployments_and_the_watch() -> None:
    assert BY_NAME.keys() == {"nightly", "backfill", "on-demand", "watch"}
    for name, deployment in BY_NAME.items():
        file, function = deployment["entrypoint"].split(":")
        assert f"def {function}(" in (PROJECT / file).read_text()
        assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}
        assert deployment["enforce_parameter_schema"]
        assert deployment["work_pool"] == {"name": "dta"}
        assert name in deployment["tags"]
    assert BY_NAME["nightly"]["schedules"] == [{"cron": "15 4 * * *", "timezone": "America/Los_Angeles"}]
    assert BY_NAME["backfill"]["schedules"] == BY_NAME["on-demand"]["schedules"] == []


def test_nothing_is_cloned_when_a_run_starts() -> None:
    assert [list(step) for step in PLAN["pull"]] == [["prefect.deployments.steps.set_working_directory"]]


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(
    ("flow", "wrong"),
    [
        ("nightly", {"source": ""}),
        ("nightly", {"as_of": "spring"}),
        ("nightly", {"as_of": (clock.today() + timedelta(days=2)).isoformat()}),
        ("backfill", {"first_year": 1999}),
        ("backfill", {"days": ["never"]}),
        ("watch", {"hours": 0}),
    ],
)
def test_parameters_are_checked(flow: str, wrong: dict[str, object]) -> None:
    from prefect.exceptions import ParameterTypeError

    from flows.deployed.backfill import backfill
    from flows.deployed.nightly import nightly
    from flows.deployed.watch import watch

    chosen = {"nightly": nightly, "backfill": backfill, "watch": watch}[flow]
    with pytest.raises((ParameterTypeError, ValidationError)):
        chosen.validate_parameters(wrong)
    for deployment in BY_NAME.values():
        if deployment["entrypoint"].endswith(f":{flow}"):
            chosen.validate_parameters(deployment["parameters"])


def test_a_backfill_has_its_own_folder_for_each_year(tmp_path: Path) -> None:
    settings = Settings.given(source="sample", out=tmp_path / "out", work=tmp_path / "work")
    targets = plan(settings, 2022, 2024, [date(2023, 3, 1)])
    assert [t.label for t in targets] == ["year-2022", "year-2023", "year-2024", "day-2023-03-01"]
    assert len({t.settings.out for t in targets}) == 4
    assert all(tmp_path / "work/backfill" in t.settings.out.parents for t in targets)
    assert targets[0].settings.as_of < targets[1].settings.as_of
    for arguments in (
        (2024, 2022, []),
        (2022, None, []),
        (None, None, []),
        (2016, 2016, []),
        (None, None, [clock.today() + timedelta(days=1)]),
    ):
        with pytest.raises(ConfigError):
            plan(settings, *arguments)
    with pytest.raises(ConfigError, match="nightly releases"):
        plan(settings, 2024, 2024, [], settings.out)


@pytest.mark.slow
@pytest.mark.parametrize(
    "asked",
    [
        {"day-2024-03-01": ["--day", "2024-03-01"]},
        pytest.param(
            {"year-2023": ["--from", "2023", "--to", "2023"], "day-2023-03-01": ["--day", "2023-03-01"]},
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_backfill_by_command(
    without_gates: None, raw_cache: Path, tmp_path: Path, asked: dict[str, list[str]]
) -> None:
    runner = CliRunner(
        env={
            "COLUMNS": "200",
            "NO_COLOR": "1",
            "DTA_WORK": str(raw_cache),
            "DTA_OUT": str(tmp_path / "out"),
            "DTA_SOURCE": str(SAMPLE),
        }
    )
    ended = runner.invoke(app, ["backfill", *chain(*asked.values())])
    assert ended.exit_code == 0, ended.output
    for label in asked:
        assert (raw_cache / "backfill" / label / "current/dta.duckdb").exists()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("unit", sorted(UNITS.glob("*.service")), ids=lambda p: p.name)
def test_units_have_least_privilege(unit: Path) -> None:
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read(unit)
    service = parsed["Service"]
    for key, value in {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "User": "dta",
    }.items():
        assert service[key] == value, key
    assert service["CapabilityBoundingSet"] == ""
    assert service["ReadWritePaths"]
    assert not re.search(r"password\s*=|hooks\.slack|https?://", unit.read_text(), re.IGNORECASE)


@pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not installed (apt-get install systemd)")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """Uses systemd itself, if it is installed. systemd must rate no service's exposure worse than OK."""
    units = [p for p in sorted(UNITS.iterdir()) if p.suffix in (".service", ".timer")]
    copies = [tmp_path / p.name for p in units]
    for unit, copy in zip(units, copies, strict=True):
        copy.write_text(unit.read_text().replace("/opt/dta/.venv/bin/dta", str(Path(sys.executable).parent / "dta")))
    verified = subprocess.run([SYSTEMD, "verify", "--man=no", *copies], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")
    for service in (c for c in copies if c.suffix == ".service"):
        # The threshold is in tenths.
        judged = subprocess.run(
            [SYSTEMD, "security", "--offline=true", "--threshold=20", service],
            capture_output=True,
            text=True,
            check=False,
        )
        assert judged.returncode == 0, judged.stdout


def test_the_crontab_calls_commands_that_exist() -> None:
    lines = [
        line
        for line in (UNITS / "crontab").read_text().splitlines()
        if line and not line.startswith("#") and "=" not in line.split()[0]
    ]
    called = [re.search(r"/dta (\w+)", line).group(1) for line in lines]  # type: ignore[union-attr]
    assert called == ["run", "watch"]
    known = {c.name or c.callback.__name__ for c in app.registered_commands if c.callback}
    assert set(called) <= known
    assert lines[0].startswith("*/15 * * * * "), (
        "cron goes by the zone of its machine; dta decides by California's clock"
    )
    assert " --at 04:15 " in lines[0]
    assert "CRON_TZ=" not in (UNITS / "crontab").read_text()


@pytest.mark.parametrize("timer", sorted(UNITS.glob("*.timer")), ids=lambda p: p.name)
def test_timers_are_the_same_in_every_zone(timer: Path) -> None:
    (when,) = re.findall(r"^OnCalendar=(.+)$", timer.read_text(), re.MULTILINE)
    assert when == "hourly" or when.endswith(" America/Los_Angeles")


@pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not installed (apt-get install systemd)")
@pytest.mark.parametrize(
    ("zone", "base", "expected"),
    [("UTC", "2026-11-27 00:00:00", "12:15:00"), ("Asia/Tokyo", "2026-07-01 00:00:00", "20:15:00")],
)
def test_systemd_accepts_the_documented_time_zone(zone: str, base: str, expected: str) -> None:
    (when,) = re.findall(r"`OnCalendar=(.+?)`", (PROJECT / "reports/docs/nights.md").read_text())
    command = [SYSTEMD, "calendar", "--base-time", base, when]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "TZ": zone}).stdout
    assert f" {expected} " in re.findall(r"Next elapse: (.+)", said)[0] + " "
