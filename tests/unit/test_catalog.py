"""Ids and file names of the catalog are plain names, because they become parts of paths."""

import re
from pathlib import Path

import pytest

from transforms.errors import ConfigError
from transforms.settings import PROJECT
from transforms.sources.catalog import load_catalog

CATALOG = (PROJECT / "data" / "catalog.toml").read_text("utf-8")
FIRST = CATALOG.count("\n", 0, CATALOG.index("[[source]]")) + 1  # line of the first entry


def changed(folder: Path, key: str, value: str) -> Path:
    """Write the catalog with another value in its first entry."""
    quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\0", "\\u0000") + '"'
    first = CATALOG.index("[[source]]")
    content = CATALOG[:first] + re.sub(
        rf"^{key} = .*$", lambda _: f"{key} = {quoted}", CATALOG[first:], count=1, flags=re.MULTILINE
    )
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
def test_an_id_with_special_characters_is_refused(value: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load_catalog(changed(tmp_path, "id", value))
    said = (
        "the text contains the control or invisible character U+0000"
        if "\0" in value
        else "an id is made of lowercase letters"
    )
    assert str(refused.value).startswith(f"catalog.toml, line {FIRST + 1}, source.0.id: {said}")
    assert f"(value {value!r:.80}" in str(refused.value)
    assert refused.value.exit_code == 4


@pytest.mark.parametrize(
    "value",
    ["", ".", "..", "../x.txt", "/abs.txt", "a/b.txt", "a\\b.txt", ".hidden.txt", "x", "x.", "a..txt", "CON.txt",
     "nul.tar.gz", "a\n.txt", "a\0.txt", "a*.txt", "a?.txt", "[a].txt", "a:b.txt", "é.txt",
     "x" * 101 + ".txt", " a.txt"],
)  # fmt: skip
@pytest.mark.parametrize("key", ["file", "also_named", "earlier_editions"])
def test_a_file_name_with_special_characters_is_refused(key: str, value: str, tmp_path: Path) -> None:
    changed(tmp_path, "file", value if key == "file" else "plain.txt")
    if key != "file":
        path = tmp_path / "catalog.toml"
        quoted = '"' + value.replace("\\", "\\\\").replace("\n", "\\n").replace("\0", "\\u0000") + '"'
        path.write_text(
            path.read_text("utf-8").replace('file = "plain.txt"', f'file = "plain.txt"\n{key} = [{quoted}]', 1), "utf-8"
        )
    with pytest.raises(ConfigError) as refused:
        load_catalog(tmp_path)
    line, place = (FIRST + 3, "file") if key == "file" else (FIRST + 4, f"{key}.0")
    said = "the text contains the control or invisible character U+0000" if "\0" in value else "a file name begins with"
    assert str(refused.value).startswith(f"catalog.toml, line {line}, source.0.{place}: dashboard-ela-2017: {said}")
    assert f"(value {value!r:.80}" in str(refused.value)
    assert refused.value.exit_code == 4


def test_a_name_that_is_an_edition_of_two_entries_is_refused(tmp_path: Path) -> None:
    content = CATALOG.replace(
        'earlier_editions = ["assistancestatus19.xlsx"]', 'earlier_editions = ["eladownload2024.txt"]'
    )
    assert content != CATALOG
    (tmp_path / "catalog.toml").write_text(content, "utf-8")
    with pytest.raises(ConfigError, match=r"eladownload2024\.txt"):
        load_catalog(tmp_path)


def test_the_catalog_is_valid() -> None:
    assert len(load_catalog(PROJECT / "data").source) > 100


EXPECTED = '[[expected]]\ndashboard_year = {}\nnamed_like = {}\ndue = 2026-10-15\nbasis = "x"\n'


def test_the_files_of_an_expected_dashboard_are_named_like_those_of_the_year_before() -> None:
    sources = {s.id: s for s in load_catalog(PROJECT / "data").source}
    due = {name: s for name, s in sources.items() if s.due}
    assert {s.dashboard_year for s in due.values()} == {2026}
    assert len(due) == len([s for s in sources.values() if s.dashboard_year == 2025])
    assert due["dashboard-ela-2026"].file == "eladownload2026.txt"
    assert due["dashboard-ela-2026"].url.endswith("/eladownload2026.txt")
    assert due["assistance-2026"].names == ("assistancestatus26.xlsx", "assistancestatus2026.xlsx")
    assert due["local-indicators-2026-priority-1"].names == ("Pr12026.xlsx", "Pr12026.txt")
    assert not [n for s in due.values() for n in (*s.names, s.id, s.title, s.url) if "25" in n]


def test_a_catalog_entry_replaces_an_expected_file(tmp_path: Path) -> None:
    known = CATALOG[CATALOG.index('[[source]]\nid = "dashboard-ela-2025"') :].split("\n\n")[0]
    named = known.replace("2025", "2026").replace("eladownload2026.txt", "ela2026_rev.txt")
    (tmp_path / "catalog.toml").write_text(f"{CATALOG}\n{named}\n", "utf-8")
    (found,) = [s for s in load_catalog(tmp_path).source if s.id == "dashboard-ela-2026"]
    assert (found.file, found.due) == ("ela2026_rev.txt", None)


@pytest.mark.parametrize(("like", "why"), [("2016", "no entry is for 2016"), ("2024", "appears 2 times")])
def test_an_expected_dashboard_that_cannot_be_named_is_refused(tmp_path: Path, like: str, why: str) -> None:
    more = EXPECTED.format(2030, like) if like == "2016" else EXPECTED.format(2026, like)
    (tmp_path / "catalog.toml").write_text(f"{CATALOG}\n{more}", "utf-8")
    with pytest.raises(ConfigError, match=rf"catalog\.toml, line \d+, expected\.\d.*{why}"):
        load_catalog(tmp_path)
