"""Asking is quick because it imports little: no scheduler, no validation library, nothing that draws reports."""

import subprocess
import sys

import pytest

from tests.workplace import Workplace

HEAVY = {
    "prefect",
    "great_expectations",
    "pandas",
    "scipy",
    "sqlalchemy",
    "altair",
    "vl_convert",
    "typst",
    "docx",
    "xlsxwriter",
    "httpx",
    "jinja2",
}
SCRIPT = """
import sys
from flows.cli.app import main
try:
    main()
except SystemExit as end:
    code = end.code or 0
print("LOADED", code, *sorted({name.split(".")[0] for name in sys.modules}), file=sys.stderr)
"""
COMMANDS = (
    ["explain", "27660680000000"],
    ["sql", "SELECT count(*) FROM eligibility"],
    ["sql", "SELECT count(*) FROM eligibility", "--format", "csv"],
    ["status"],
    ["sources"],
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_question_loads_nothing_heavy(published: Workplace, command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *command, "--out", str(published.out)],
        capture_output=True,
        text=True,
        check=True,
    )
    code, *loaded = done.stderr.split("LOADED ")[1].split()
    assert code == "0"
    assert done.stdout
    assert "duckdb" in loaded or command[0] == "status"
    assert not HEAVY & set(loaded)
