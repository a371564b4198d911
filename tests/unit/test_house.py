"""The structure of the project: imports go one way, and every SQL file states its purpose."""

import ast
import re
from pathlib import Path

import pytest

from tests.sql_reads import reads
from transforms.schema import published_tables
from transforms.settings import PROJECT
from transforms.sql import STAGES, inputs_of, order_of

MAY_IMPORT = {
    "transforms": {"transforms"},
    "reports": {"reports", "transforms"},
    "expectations": {"expectations", "transforms"},
    "flows": {"flows", "reports", "expectations", "transforms"},
}
HEAVY = {"prefect", "great_expectations"}
SQL = sorted((PROJECT / "transforms" / "sql").glob("*/*.sql"))
ALL_SQL = [PROJECT / "transforms" / "sql" / "macros.sql", *SQL]
ALL_SQL += sorted((PROJECT / "expectations" / "checks").glob("*/*.sql"))
ALL_SQL += sorted((PROJECT / "reports" / "recipes").glob("*.sql"))
WIDEST = 120  # as for Python in pyproject.toml


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {a.name.split(".")[0] for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_run_one_way(package: str) -> None:
    for path in (PROJECT / package).rglob("*.py"):
        wrong = imported(path) & set(MAY_IMPORT) - MAY_IMPORT[package]
        assert not wrong, f"{path.relative_to(PROJECT)} imports {wrong}"


@pytest.mark.parametrize("package", ["transforms", "reports"])
def test_the_core_does_not_import_prefect_or_great_expectations(package: str) -> None:
    for path in (PROJECT / package).rglob("*.py"):
        assert not imported(path) & HEAVY, path


@pytest.mark.parametrize("path", SQL, ids=lambda p: p.stem)
def test_sql_files_open_with_grain_key_and_inputs(path: Path) -> None:
    text = path.read_text()
    assert text.startswith("-- Grain: "), path.name
    assert re.search(r"^-- Key: ", text, re.MULTILINE)
    assert re.search(r"^-- Inputs: ", text, re.MULTILINE)


@pytest.mark.parametrize("path", ALL_SQL, ids=lambda p: p.stem)
def test_sql_lines_fit_a_screen(path: Path) -> None:
    long = [n for n, line in enumerate(path.read_text("utf-8").splitlines(), 1) if len(line) > WIDEST]
    assert not long, f"{path.relative_to(PROJECT)}: lines {long}"


def test_every_sql_file_is_built_and_every_built_table_has_a_file() -> None:
    assert {(stage, t) for stage in STAGES for t in order_of(stage)} == {(p.parent.name, p.stem) for p in SQL}


@pytest.mark.parametrize("path", SQL, ids=lambda p: p.stem)
def test_inputs_in_the_header_match_the_sql(path: Path) -> None:
    """The heads determine the build order, so a head that lacks a table is a real error, not a matter of taste."""
    assert set(inputs_of(path.parent.name)[path.stem]) == reads(path.read_text("utf-8"))


def test_no_table_reads_a_later_table() -> None:
    built: list[str] = []
    tables = {t for stage in STAGES for t in inputs_of(stage)}
    for stage in STAGES:
        for table in order_of(stage):
            assert not {i for i in inputs_of(stage)[table] if i in tables} - set(built), table
            built.append(table)


def test_every_published_table_has_a_grain_and_column_descriptions() -> None:
    for table in published_tables().values():
        assert table.grain
        assert all(len(c.description) > 3 for c in table.columns.values()), table.name
