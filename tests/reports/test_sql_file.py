"""`dta sql --out-file` writes rows to a file, in the format of its suffix, completely or not at all."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import Result
from typer.testing import CliRunner

from flows.cli.app import app
from tests.workplace import Workplace

QUERY = "select cds, lea_name from leas order by cds limit 3"


def ask(published: Workplace, *given: str) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(app, ["sql", *given, "--out", str(published.out)])


@pytest.mark.parametrize("name", ["rows.csv", "rows.json", "rows.parquet", "Rows [1].CSV"])
def test_the_file_suffix_determines_the_format(published: Workplace, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    result = ask(published, QUERY, "--out-file", str(path))
    assert result.exit_code == 0, result.output
    assert "3 rows in" in result.output
    if path.suffix == ".parquet":
        codes = pq.read_table(path)["cds"].to_pylist()
    elif path.suffix == ".json":
        codes = [json.loads(line)["cds"] for line in path.read_text("utf-8").splitlines()]
    else:
        assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "Excel knows it as UTF-8"
        codes = [line.split('"')[3].strip("=") for line in path.read_text("utf-8-sig").splitlines()[1:]]
    assert len(codes) == 3
    assert all(len(code) == 14 and code.isdigit() for code in codes)


def test_a_given_format_overrides_the_suffix(published: Workplace, tmp_path: Path) -> None:
    path = tmp_path / "rows.txt"
    assert ask(published, QUERY, "--format", "plain-csv", "--out-file", str(path)).exit_code == 0
    assert path.read_text("utf-8").splitlines()[0].replace('"', "") == "cds,lea_name"


def test_no_file_is_overwritten_or_left_incomplete(published: Workplace, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("mine", "utf-8")
    for given in ([QUERY], ["selec 1", "--force"]):
        result = ask(published, *given, "--out-file", str(path))
        assert result.exit_code == 2 or result.exception
        assert path.read_text("utf-8") == "mine"
    assert ask(published, QUERY, "--out-file", str(path), "--force").exit_code == 0
    assert path.read_text("utf-8-sig") != "mine"
    assert ask(published, QUERY, "--out-file", str(tmp_path / "rows.xyz")).exit_code != 0
    assert [p.name for p in tmp_path.iterdir()] == ["rows.csv"]
