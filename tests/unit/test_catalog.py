"""Ids and file names of the catalog are plain names, since they become parts of paths."""

import re
from pathlib import Path

import pytest

from transforms.catalog import load_catalog
from transforms.errors import ConfigError
from transforms.settings import PROJECT

CATALOG = (PROJECT / "data" / "catalog.toml").read_text("utf-8")
FIRST = CATALOG.count("\n", 0, CATALOG.index("[[source]]")) + 1  # line of the first entry


def changed(folder: Path, key: str, value: str) -> Path:
    """The catalog with another value in its first entry."""
    quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\0", "\\u0000") + '"'
    first = CATALOG.index("[[source]]")
    content = CATALOG[:first] + re.sub(rf"^{key} = .*$", lambda _: f"{key} = {quoted}", CATALOG[first:], count=1, flags=re.MULTILINE)
    assert content != CATALOG
    (folder / "catalog.toml").write_text(content, "utf-8")
    return folder


@pytest.mark.parametrize(
    "value",
    [
        "",
        ".",
        "..",
        "../x",
        "/abs",
        "a/b",
        "a\\b",
        "a.b",
        "x ",
        " x",
        "-x",
        "x-",
        "a--b",
        "A",
        "é",
        "a b",
        "a\nb",
        "a\0b",
        "con",
        "lpt1",
        "x" * 101,
        "~",
        "*",
        "a:b",
    ],
)
def test_an_id_that_is_no_plain_name_is_refused(value: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load_catalog(changed(tmp_path, "id", value))
    said = "the text holds the control or invisible character U+0000" if "\0" in value else "an id is made of small letters"
    assert str(refused.value).startswith(f"catalog.toml, line {FIRST + 1}, source.0.id: {said}")
    assert f"(value {value!r:.80}" in str(refused.value)
    assert refused.value.exit_code == 4


@pytest.mark.parametrize(
    "value",
    ["", ".", "..", "../x.txt", "/abs.txt", "a/b.txt", "a\\b.txt", ".hidden.txt", "x", "x.", "a..txt", "CON.txt", "nul.tar.gz", "a\n.txt",
     "a\0.txt", "a*.txt", "a?.txt",
     "[a].txt", "a:b.txt", "é.txt", "x" * 101 + ".txt", " a.txt"],
)  # fmt: skip
@pytest.mark.parametrize("key", ["file", "also_named", "earlier_editions"])
def test_a_file_name_that_is_no_plain_name_is_refused(key: str, value: str, tmp_path: Path) -> None:
    changed(tmp_path, "file", value if key == "file" else "plain.txt")
    if key != "file":
        path = tmp_path / "catalog.toml"
        quoted = '"' + value.replace("\\", "\\\\").replace("\n", "\\n").replace("\0", "\\u0000") + '"'
        path.write_text(path.read_text("utf-8").replace('file = "plain.txt"', f'file = "plain.txt"\n{key} = [{quoted}]', 1), "utf-8")
    with pytest.raises(ConfigError) as refused:
        load_catalog(tmp_path)
    line, place = (FIRST + 3, "file") if key == "file" else (FIRST + 4, f"{key}.0")
    said = "the text holds the control or invisible character U+0000" if "\0" in value else "a file name begins with"
    assert str(refused.value).startswith(f"catalog.toml, line {line}, source.0.{place}: dashboard-ela-2017: {said}")
    assert f"(value {value!r:.80}" in str(refused.value)
    assert refused.value.exit_code == 4


def test_a_name_that_is_an_edition_of_two_entries_is_refused(tmp_path: Path) -> None:
    content = CATALOG.replace('earlier_editions = ["assistancestatus19.xlsx"]', 'earlier_editions = ["eladownload2024.txt"]')
    assert content != CATALOG
    (tmp_path / "catalog.toml").write_text(content, "utf-8")
    with pytest.raises(ConfigError, match=r"eladownload2024\.txt"):
        load_catalog(tmp_path)


def test_the_catalog_itself_is_fine() -> None:
    assert len(load_catalog(PROJECT / "data").source) > 100
