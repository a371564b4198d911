"""Commands that only read are quick because they import little: no scheduler, no validation library, no report
libraries.

Help and usage errors import even less: nothing that reads data.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

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
READERS = {"pyarrow", "numpy", "duckdb"}
MODELS = {"pydantic", "pydantic_settings"}  # typer itself validates options with pydantic
SCRIPT = """
import json, sys
from flows.cli.app import main
for command in json.loads(sys.argv[1]):
    sys.argv, code = ["dta", *command], 0
    print("SAID", flush=True)
    try:
        main()
    except SystemExit as end:
        code = end.code or 0
    sys.stderr.flush()
    print("CODE", code, flush=True)
print("LOADED", *sorted({name.split(".")[0] for name in sys.modules}))
"""
SQL = "SELECT count(*) FROM eligibility"


def ran(*commands: list[str], **environment: str) -> tuple[list[tuple[str, str]], set[str]]:
    """Run all commands in one process; return exit code and output of each, and all imported modules."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(commands)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    told, _, loaded = done.stdout.partition("LOADED ")
    ended = re.findall(r"SAID\n(.*?)CODE (\d+)\n", told, re.DOTALL)
    assert len(ended) == len(commands), done.stdout
    return [(code, said) for said, code in ended], set(loaded.split())


@pytest.mark.parametrize(
    ("command", "lighter"),
    [
        (["explain", "27660680000000"], {"pyarrow", "numpy"}),  # only queries for rows need Arrow
        pytest.param(["status"], {"pyarrow", "numpy"}, marks=pytest.mark.slow),
        pytest.param(["sql", SQL], set(), marks=pytest.mark.slow),
        pytest.param(["sql", SQL, "--format", "csv"], set(), marks=pytest.mark.slow),
        pytest.param(["sources"], set(), marks=pytest.mark.slow),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_a_query_loads_no_heavy_library(published: Workplace, command: list[str], lighter: set[str]) -> None:
    ((code, said),), loaded = ran([*command, "--out", str(published.out)])
    assert code == "0"
    assert said
    assert "duckdb" in loaded or command[0] == "sources"
    assert not (HEAVY | lighter) & loaded


def test_a_wrong_query_needs_no_arrow(published: Workplace) -> None:
    ((code, said),), loaded = ran(["sql", "selec 1", "--out", str(published.out)])
    assert code == "2"
    assert "selec" in said
    assert not (HEAVY | {"pyarrow", "numpy"}) & loaded


def test_help_loads_no_models() -> None:
    ((code, said),), loaded = ran(["--help"])
    assert code == "0"
    assert "explain" in said
    assert not (HEAVY | READERS | MODELS) & loaded


def test_help_and_usage_errors_read_no_data() -> None:
    commands = ([], ["run"], ["sql"], ["explain"], ["status"])
    typed = [*([*command, option] for option in ("--help", "--wrong") for command in commands), ["explian"]]
    ended, loaded = ran(*typed)
    assert [code for code, _ in ended] == ["0"] * 5 + ["2"] * 6
    assert [words[-1] for words, (_, said) in zip(typed, ended, strict=True) if words[-1] not in said] == []
    assert not (HEAVY | READERS) & loaded


def test_a_missing_release_is_reported_before_reading(tmp_path: Path) -> None:
    commands = (["sql", "select 1"], ["explain", "Salinas"], ["status"], ["site"])
    ended, loaded = ran(*([*command, "--out", str(tmp_path / "out")] for command in commands))
    assert [(code, "dta run" in told) for code, told in ended] == [("6", True)] * len(commands)
    assert not (HEAVY | READERS) & loaded


@pytest.mark.slow
def test_an_unchanged_night_loads_only_what_it_needs(bare_released: Workplace) -> None:
    place = bare_released.settings()
    ((code, said),), loaded = ran(
        ["run", "--source", place.source, "--out", str(place.out), "--as-of", str(place.as_of)],
        DTA_WORK=str(place.work),
        DTA_REFERENCE=str(place.reference),
    )
    assert code == "0"
    assert "Nothing changed" in said
    assert not (HEAVY - {"jinja2"}) & loaded  # the quality page is written again
