"""A release of an earlier version lacks data that this version reads: commands report this and the remedy."""

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.pipeline.test_command import main
from tests.workplace import Workplace, linked


@pytest.mark.parametrize(
    ("statement", "command"),
    [
        ("alter table eligibility drop column decided_by", ["explain", "Salinas Union High"]),
        ("drop table watch_list", ["explain", "Salinas Union High"]),
        ("alter table eligibility drop column status", ["compare", "2023", "2024"]),
    ],
)
def test_a_release_of_an_earlier_version_is_reported(
    bare: Workplace,
    tmp_path: Path,
    statement: str,
    command: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = linked(bare.out, tmp_path / "out")
    database = (out / "current" / "dta.duckdb").resolve()
    database.unlink()  # it is a link
    shutil.copyfile(bare.out / "current" / "dta.duckdb", database)
    with duckdb.connect(str(database)) as connection:
        connection.execute(statement)
    assert main((*command, "--out", out), monkeypatch) == 6
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert "made by an earlier version" in told
    assert "Run: dta run" in told
