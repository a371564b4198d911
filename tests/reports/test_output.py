"""Requested files are complete or absent, and never replace existing ones without consent."""

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from reports.output import OutputError, file_name, whole_file, whole_folder


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Salinas Union High", "salinas-union-high"),
        ("Peñasquitos / ../../etc", "penasquitos-etc"),
        ("=cmd|' /C calc'!A0", "cmd-c-calc-a0"),
        ("学校", "unnamed"),
        ("x" * 300, "x" * 80),
    ],
)
def test_a_name_becomes_a_portable_file_name(name: str, expected: str) -> None:
    assert file_name(name) == expected


def fail_in(writing: AbstractContextManager[Path]) -> None:
    with writing as path:
        (path / "half.txt" if path.is_dir() else path).write_text("half")
        raise RuntimeError


def test_a_failure_keeps_the_existing_file(tmp_path: Path) -> None:
    target = tmp_path / "x.pdf"
    target.write_text("old")
    with pytest.raises(RuntimeError):
        fail_in(whole_file(target, force=True))
    assert [p.name for p in tmp_path.iterdir()] == ["x.pdf"]
    assert target.read_text() == "old"
    with pytest.raises(OutputError, match="--force"), whole_file(target, force=False):
        pass


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "packet"
    for text in ("old", "new"):
        with whole_folder(target, force=text == "new") as folder:
            (folder / f"{text}.txt").write_text(text)
    assert sorted(p.name for p in target.iterdir()) == [".dta-report", "new.txt"]
    with pytest.raises(RuntimeError):
        fail_in(whole_folder(target, force=True))
    assert sorted(p.name for p in target.iterdir()) == [".dta-report", "new.txt"]
    assert [p.name for p in tmp_path.iterdir()] == ["packet"]


def test_foreign_folders_are_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(OutputError, match="will not be changed"), whole_folder(tmp_path / "mine", force=True):
        pass
    with pytest.raises(OutputError, match="is a folder"), whole_file(tmp_path / "mine", force=True):
        pass
    assert (tmp_path / "mine").is_dir()
