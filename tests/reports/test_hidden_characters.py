"""A release that was made before control characters were rejected: its reports are made, and none of them holds one."""

import io
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from tests.reports.conftest import SALINAS
from transforms.control_characters import control_in

ALL = "Salinas \x1b]0;owned\x07\x1b[31mUnion \u202eHigh\u200b\x7f \x0b\x9b\x00School"
NAMES = ["Salinas \x1b]0;owned\x07\x1b[31mUnion", "Salinas \u202eUnion\u200b\x7f", "Salinas\x00\x0b\x9bUnion"]


@pytest.fixture(
    params=[ALL, *(pytest.param(name, marks=pytest.mark.slow) for name in NAMES)],
    ids=["all", "escape", "direction", "nul"],
)
def old(request: pytest.FixtureRequest, hostile: Path) -> Path:
    """Folder of releases whose current one has such a name."""
    database = (hostile / "current").resolve() / "dta.duckdb"
    with duckdb.connect(str(database)) as connection:
        for table in ("leas", "eligibility", "eligible_districts", "watch_list", "changes"):
            connection.execute(
                f"update {table} set lea_name = $name where cds = $cds", {"name": request.param, "cds": SALINAS}
            )
        connection.execute(
            "update eligibility set reason = $name || ': ' || reason where cds = $cds",
            {"name": request.param, "cds": SALINAS},
        )
    return hostile


def text_of(path: Path) -> str:
    """Every text in a workbook or letter."""
    if path.suffix == ".xlsx":
        return "\n".join(
            str(c.value) for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for c in row
        )
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as package:
        return "\n".join(package.read(name).decode() for name in package.namelist() if name.endswith(".xml"))


@pytest.mark.parametrize(
    "arguments", [("lea", SALINAS), ("county", "Monterey"), ("letter", SALINAS), ("workbook",)], ids=lambda a: a[0]
)
def test_reports_are_made_without_them(old: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    to = tmp_path / "reports"
    to.mkdir()
    place = ("--out-file", str(to / "book.xlsx")) if arguments == ("workbook",) else ("--to", str(to))
    ended = CliRunner().invoke(app, ["report", *arguments, *place, "--out", str(old)])
    assert ended.exit_code == 0, ended.output
    made = [p for p in to.rglob("*") if p.suffix in (".pdf", ".docx", ".xlsx")]
    assert made
    for path in made:
        if path.suffix == ".pdf":
            assert path.read_bytes().startswith(b"%PDF")
        else:
            text = text_of(path)
            assert control_in(text) == ""
            assert "Salinas" in text


@pytest.mark.parametrize(
    "arguments",
    [("explain", SALINAS), ("sql", f"select lea_name, reason from eligibility where cds = '{SALINAS}'")],
    ids=lambda a: a[0],
)
def test_a_terminal_is_never_told_what_to_do(old: Path, arguments: tuple[str, ...]) -> None:
    ended = CliRunner().invoke(app, [*arguments, "--out", str(old)])
    assert ended.exit_code == 0, ended.output
    assert control_in(ended.output) == ""
    assert "Salinas" in ended.output


def test_json_for_programs_gives_the_name_as_it_is(old: Path) -> None:
    import json

    ended = CliRunner().invoke(
        app, ["sql", "--format", "json", f"select lea_name from leas where cds = '{SALINAS}'", "--out", str(old)]
    )
    assert control_in(ended.output) == ""
    assert json.loads(ended.output)["lea_name"] in (ALL, *NAMES)
