"""A release that an earlier version made lacks what this one reads: commands say so, and what to do."""

import subprocess
import sys

import duckdb
import pytest

from tests.workplace import Workplace
from transforms.settings import PROJECT


@pytest.mark.parametrize(
    ("statement", "command"),
    [
        ("alter table eligibility drop column decided_by", ["explain", "Salinas Union High"]),
        ("drop table watch_list", ["explain", "Salinas Union High"]),
        ("alter table eligibility drop column status", ["compare", "2023", "2024"]),
    ],
)
def test_an_earlier_release_is_named(released: Workplace, statement: str, command: list[str]) -> None:
    database = (released.out / "current" / "dta.duckdb").resolve()
    database.parent.chmod(0o755)
    database.chmod(0o644)
    with duckdb.connect(str(database)) as connection:
        connection.execute(statement)
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli.app", *command, "--out", str(released.out)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (6, False)
    assert "an earlier version made it. Run: dta run" in done.stderr
