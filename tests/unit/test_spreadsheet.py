"""CSV for people: no cell is a formula, every number stays a number, and nothing else changes."""

import csv
import io

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.spreadsheet import for_spreadsheet, safe_text, write_csv

FORMULAS = [
    '=HYPERLINK("http://x","y")',
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1+1",
    "－2+3",
    "-",
    "+",
    "-none",
    "=cmd|' /C calc'!A0",
]
HARMLESS = ["", "Salinas Union High", "-12.5", "+3", "-.5", "1e-3", "'quoted", "a=b", "–", "<script>", "0127", "3-4"]


@pytest.mark.parametrize("value", FORMULAS)
def test_a_formula_becomes_a_text(value: str) -> None:
    assert safe_text(value) == "'" + value


@pytest.mark.parametrize("value", HARMLESS)
def test_other_texts_and_numbers_stay(value: str) -> None:
    assert safe_text(value) == value


@given(st.lists(st.one_of(st.none(), st.text(), st.from_regex(r"[\s=+\-@\t＝]{0,3}\w*", fullmatch=True)), max_size=20))
def test_columns_follow_the_rule_for_cells(values: list[str | None]) -> None:
    safe = for_spreadsheet(pa.table({"name": pa.array(values, pa.string())})).column("name").to_pylist()
    assert safe == [None if v is None else safe_text(v) for v in values]


def test_numbers_lists_and_headings() -> None:
    table = pa.table({"change": pa.array([-12.5, 3.0]), "groups": pa.array([["=EL", None], None], pa.list_(pa.string())), "=bad": ["x", "y"]})
    stream = io.BytesIO()
    write_csv(table, stream)
    heading, first, second = csv.reader(io.StringIO(stream.getvalue().decode()))
    assert heading == ["change", "groups", "'=bad"]
    assert first == ["-12.5", "'=EL|", "x"]
    assert second == ["3", "", "y"]


def test_only_the_cells_at_risk_change() -> None:
    table = pa.table({"name": ["=1", "Alisal Union", "-3"], "cds": ["01", "02", "03"]})
    safe = for_spreadsheet(table)
    assert safe.column("name").to_pylist() == ["'=1", "Alisal Union", "-3"]
    assert safe.column("cds").to_pylist() == ["01", "02", "03"]
    assert safe.column("cds").type == pa.string()
