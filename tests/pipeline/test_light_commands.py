"""Asking is quick because it imports little: no scheduler, no validation library, nothing that draws reports. Help and
mistakes import less still: nothing that reads data.
"""

import os
import subprocess
import sys
from functools import cache
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
MODELS = {"pydantic", "pydantic_settings"}  # typer itself reads values of options with pydantic
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


@cache
def asked(out: Path, *command: str) -> tuple[str, set[str], str]:
    """The same of a question, which changes nothing."""
    return ran([*command, "--out", str(out)])


def ran(command: list[str], **environment: str) -> tuple[str, set[str], str]:
    """Exit code, what was imported, and what was said."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *command],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    said, _, told = done.stderr.partition("LOADED ")
    code, *loaded = told.split()
    return code, set(loaded), done.stdout + said


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_question_loads_nothing_heavy(published: Workplace, command: list[str]) -> None:
    code, loaded, said = asked(published.out, *command)
    assert code == "0"
    assert said
    assert "duckdb" in loaded or command[0] == "sources"
    assert not HEAVY & loaded


@pytest.mark.parametrize("command", [c for c in COMMANDS if c[0] in ("explain", "status")], ids=" ".join)
def test_only_rows_of_a_query_need_arrow(published: Workplace, command: list[str]) -> None:
    _, loaded, _ = asked(published.out, *command)
    assert not {"pyarrow", "numpy"} & loaded


def test_a_wrong_query_needs_no_arrow(published: Workplace) -> None:
    code, loaded, said = ran(["sql", "selec 1", "--out", str(published.out)])
    assert code == "2"
    assert "selec" in said
    assert not (HEAVY | {"pyarrow", "numpy"}) & loaded


def test_help_loads_no_models() -> None:
    code, loaded, said = ran(["--help"])
    assert code == "0"
    assert "explain" in said
    assert not (HEAVY | READERS | MODELS) & loaded


@pytest.mark.parametrize("command", [[], ["run"], ["sql"], ["explain"], ["status"]], ids=" ".join)
def test_help_and_what_is_typed_wrong_read_nothing(command: list[str]) -> None:
    for typed, expected in (("--help", "0"), ("--wrong", "2"), *([("explian", "2")] if not command else [])):
        code, loaded, said = ran([*command, typed])
        assert code == expected
        assert typed in said
        assert not (HEAVY | READERS) & loaded


@pytest.mark.parametrize("command", [["sql", "select 1"], ["explain", "Salinas"], ["status"], ["site"]], ids=" ".join)
def test_that_there_is_no_release_is_said_before_anything_is_read(command: list[str], tmp_path: Path) -> None:
    code, loaded, said = ran([*command, "--out", str(tmp_path / "out")])
    assert code == "6"
    assert "dta run" in said
    assert not (HEAVY | READERS) & loaded


def test_a_night_that_changes_nothing_loads_what_it_needs(released: Workplace) -> None:
    place = released.settings()
    code, loaded, said = ran(
        ["run", "--source", place.source, "--out", str(place.out), "--as-of", str(place.as_of)],
        DTA_WORK=str(place.work),
        DTA_REFERENCE=str(place.reference),
    )
    assert code == "0"
    assert "Nothing changed" in said
    assert not (HEAVY - {"jinja2", "httpx"}) & loaded  # the quality page is written anew
