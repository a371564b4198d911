"""CONTRIBUTING.md lists the places of each addition: exactly those that the tests change."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cases import reference_copy
from tests.extension.invented import PATHWAY, YEARS, add_indicator, add_pathway, add_year, use_indicator
from transforms import schema
from transforms.build import build_checked
from transforms.database import connect
from transforms.errors import ConfigError
from transforms.settings import PROJECT

YEAR = YEARS[0]
GUIDE = (PROJECT / "CONTRIBUTING.md").read_text("utf-8")


def places(heading: str) -> set[str]:
    """Return the first cells of the table below a heading."""
    section = re.split(r"\n##+ ", GUIDE.split(f"### {heading}\n")[1])[0]
    return set(re.findall(r"^\| `([^`]+)`", section, re.MULTILINE))


def changed(folder: Path, change: Callable[[Path], None]) -> set[str]:
    """Return the changed or new files of a reference folder, with the guide's names."""
    before = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    change(folder)
    after = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    found = {p.as_posix() for p in after if before.get(p) != after[p]}
    return {f.replace(f"{YEAR}.toml", "YEAR.toml").replace(f"{PATHWAY}.csv", "PATHWAY.csv") for f in found}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return reference_copy(tmp_path / "reference")


def test_a_year_is_added_in_the_places_that_the_guide_lists(folder: Path) -> None:
    assert changed(folder, lambda f: add_year(f, YEAR)) == places("Add a Dashboard year")


def test_an_indicator_is_added_in_the_places_that_the_guide_lists(folder: Path) -> None:
    add_year(folder, YEAR)

    def change(reference: Path) -> None:
        add_indicator(reference)
        use_indicator(reference, YEAR)

    assert changed(folder, change) == places("Add an indicator")


def test_a_recorded_pathway_is_added_in_the_places_that_the_guide_lists(folder: Path) -> None:
    assert changed(folder, add_pathway) == places("Add a recorded pathway")


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with one model, its schema and the column definitions, instead of all models."""
    copied = tmp_path / "sql"
    (copied / "marts").mkdir(parents=True)
    for name in ("columns.toml", "marts/counties.sql", "marts/counties.toml"):
        (copied / name).write_text((schema.FOLDER / name).read_text("utf-8"), "utf-8")
    monkeypatch.setattr("transforms.sql.FOLDER", copied)
    monkeypatch.setattr("transforms.schema.FOLDER", copied)
    schema.published_tables.cache_clear()
    monkeypatch.setattr("transforms.build.published_tables", schema.published_tables)
    return copied


def build_counties(tmp_path: Path) -> None:
    with connect(tmp_path / "x.duckdb", "1GB", tmp_path / "spill") as connection:
        connection.execute("create or replace table ref_counties as select '27' as county_code, 'Monterey' as county")
        build_checked(connection, "marts", "counties")


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    schema.published_tables.cache_clear()


def test_a_published_column_is_complete_or_named(models: Path, tmp_path: Path) -> None:
    try:
        assert places("Add a published column") == {"TABLE.sql", "TABLE.toml", "columns.toml"}
        build_counties(tmp_path)
        replace(models / "marts" / "counties.sql", "county_code, county from", "county_code, county, 1 as seats from")
        with pytest.raises(
            ConfigError, match=r"sql/marts/counties.toml: the columns seats of counties.sql are missing"
        ):
            build_counties(tmp_path)
        replace(models / "marts" / "counties.toml", '"county_code", "county",', '"county_code", "county", "seats",')
        with pytest.raises(ConfigError, match=r"marts/counties.toml: columns without a definition: seats"):
            build_counties(tmp_path)
        replace(
            models / "columns.toml",
            "[column]\n",
            '[column]\nseats = { type = "INTEGER", description = "Seats of the county board" }\n',
        )
        build_counties(tmp_path)
    finally:
        schema.published_tables.cache_clear()
