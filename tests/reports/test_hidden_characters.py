"""Reports of a release from before control characters were rejected are made without control characters."""

import io
import json
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from tests.reports.conftest import SALINAS, with_lea_names
from transforms.control_characters import control_in

NAMES = {  # of LEAs in one release; the first has all cases
    SALINAS: "Salinas \x1b]0;owned\x07\x1b[31mUnion \u202eHigh\u200b\x7f \x0b\x9b\x00School",
    "27660680000000": "Escaped \x1b]0;owned\x07\x1b[31mUnion",
    "27754400000000": "Turned \u202eUnion\u200b\x7f",
    "27660500000000": "Nul\x00\x0b\x9bUnion",
}
LEAS = pytest.mark.parametrize(
    "cds",
    [SALINAS, *(pytest.param(cds, marks=pytest.mark.slow) for cds in NAMES if cds != SALINAS)],
    ids=["all", "escape", "direction", "nul"],
)


@pytest.fixture(scope="module")
def old_release(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of releases whose current one has such names."""
    return with_lea_names(release, tmp_path_factory.mktemp("old") / "out", NAMES, ("eligibility", "reason"))


def first_word(cds: str) -> str:
    return re.split(r"\W", NAMES[cds])[0]


def text_of(path: Path) -> str:
    """Return every text in a workbook or letter."""
    if path.suffix == ".xlsx":
        return "\n".join(
            str(c.value) for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for c in row
        )
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as package:
        return "\n".join(package.read(name).decode() for name in package.namelist() if name.endswith(".xml"))


def made(old_release: Path, to: Path, *arguments: str) -> list[Path]:
    """Return reports from the command. PDFs must have their signature, and other files no control character."""
    to.mkdir()
    place = ("--out-file", str(to / "book.xlsx")) if arguments == ("workbook",) else ("--to", str(to))
    ended = CliRunner().invoke(app, ["report", *arguments, *place, "--out", str(old_release)])
    assert ended.exit_code == 0, ended.output
    paths = [p for p in to.rglob("*") if p.suffix in (".pdf", ".docx", ".xlsx")]
    assert paths
    for path in paths:
        if path.suffix == ".pdf":
            assert path.read_bytes().startswith(b"%PDF")
        else:
            assert control_in(text_of(path)) == ""
    return paths


@LEAS
@pytest.mark.parametrize("kind", ["lea", "letter"])
def test_reports_on_an_lea_have_no_hidden_characters(old_release: Path, tmp_path: Path, kind: str, cds: str) -> None:
    for path in made(old_release, tmp_path / "reports", kind, cds):
        assert path.suffix == ".pdf" or first_word(cds) in text_of(path)


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("county", "Monterey"), ("workbook",)], ids=lambda a: a[0])
def test_reports_on_many_leas_have_no_hidden_characters(
    old_release: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    for path in made(old_release, tmp_path / "reports", *arguments):
        assert path.suffix == ".pdf" or all(first_word(cds) in text_of(path) for cds in NAMES)


@LEAS
@pytest.mark.parametrize(
    "arguments",
    [("explain", "{cds}"), ("sql", "select lea_name, reason from eligibility where cds = '{cds}'")],
    ids=lambda a: a[0],
)
def test_terminal_output_has_no_control_sequences(old_release: Path, arguments: tuple[str, ...], cds: str) -> None:
    ended = CliRunner().invoke(app, [*(a.format(cds=cds) for a in arguments), "--out", str(old_release)])
    assert ended.exit_code == 0, ended.output
    assert control_in(ended.output) == ""
    assert first_word(cds) in ended.output


@LEAS
def test_json_keeps_the_name_unchanged(old_release: Path, cds: str) -> None:
    query = f"select lea_name from leas where cds = '{cds}'"
    ended = CliRunner().invoke(app, ["sql", "--format", "json", query, "--out", str(old_release)])
    assert control_in(ended.output) == ""
    assert json.loads(ended.output)["lea_name"] == NAMES[cds]
