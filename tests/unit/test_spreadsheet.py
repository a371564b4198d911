"""CSV for people: no cell is a formula, every number stays a number, and nothing else changes."""

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.control_characters import CONTROL
from transforms.release.csv_for_people import for_spreadsheet, safe_text, write_csv, write_plain_csv

CONTROLS = re.compile(CONTROL)

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
HARMLESS = [
    "",
    "Salinas Union High",
    "-12.5",
    "+3",
    "-.5",
    "1e-3",
    "'quoted",
    "a=b",
    "–",
    "<script>",
    "0",
    "0.5",
    "12345678901",
    "2024-25",
    "K-8",
    "007\n",
]
# A spreadsheet would remove leading zeros, turn long codes into 2.77E+13, and turn grades into days.
CODES = ["01611190000000", "27661590000000", "0127", "00", "123456789012", "6-8", "9-12", "3/4"]


@pytest.mark.parametrize("value", FORMULAS)
def test_a_formula_becomes_a_text(value: str) -> None:
    assert safe_text(value) == "'" + value


@pytest.mark.parametrize("value", HARMLESS)
def test_other_texts_and_numbers_are_unchanged(value: str) -> None:
    assert safe_text(value) == value


@pytest.mark.parametrize("value", CODES)
def test_a_code_keeps_its_digits(value: str) -> None:
    assert safe_text(value) == f'="{value}"'


CELLS = [st.none(), st.text(), st.text("\t\n =+-@＝5a", max_size=6), st.text("0123456789/-", max_size=15)]


@given(st.lists(st.one_of(*CELLS), max_size=20))
def test_columns_follow_the_rule_for_cells(values: list[str | None]) -> None:
    safe = for_spreadsheet(pa.table({"name": pa.array(values, pa.string())})).column("name").to_pylist()
    assert safe == [None if v is None else safe_text(CONTROLS.sub("\ufffd", v)) for v in values]


def test_numbers_lists_and_headings() -> None:
    table = pa.table(
        {
            "change": pa.array([-12.5, 3.0]),
            "groups": pa.array([["=EL", None], None], pa.list_(pa.string())),
            "=bad": ["x", "y"],
        }
    )
    stream = io.BytesIO()
    write_csv(table, stream)
    assert stream.getvalue().startswith(b"\xef\xbb\xbf")
    heading, first, second = csv.reader(io.StringIO(stream.getvalue().decode("utf-8-sig")))
    assert heading == ["change", "groups", "'=bad"]
    assert first == ["-12.5", "'=EL|", "x"]
    assert second == ["3", "", "y"]


def test_only_formula_like_cells_change() -> None:
    table = pa.table({"name": ["=1", "Alisal Union", "-3"], "cds": ["01", "02", "03"]})
    safe = for_spreadsheet(table)
    assert safe.column("name").to_pylist() == ["'=1", "Alisal Union", "-3"]
    assert safe.column("cds").to_pylist() == ['="01"', '="02"', '="03"']
    assert safe.column("cds").type == pa.string()


def test_csv_for_programs_keeps_every_value(tmp_path: Path) -> None:
    table = pa.table(
        {"cds": ["01611190000000", "27661590000000"], "name": ["=1", "Cañada"], "groups": [["EL", "SWD"], []]}
    )
    write_plain_csv(table, tmp_path / "plain.csv")
    read = pd.read_csv(tmp_path / "plain.csv", dtype=str, keep_default_na=False)
    assert read.to_dict("list") == {
        "cds": ["01611190000000", "27661590000000"],
        "name": ["=1", "Cañada"],
        "groups": ["EL|SWD", ""],
    }


def test_csv_for_people_round_trips_through_a_spreadsheet(tmp_path: Path) -> None:
    """Read as by a spreadsheet: a cell with a formula of one text shows that text."""
    table = pa.table(
        {"cds": ["01611190000000", "27661590000000"], "name": ["Cañada", None], "grades": ["6-8", "K-8"], "n": [1, 2]}
    )
    write_csv(table, tmp_path / "people.csv")
    assert (tmp_path / "people.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO((tmp_path / "people.csv").read_text("utf-8-sig"), newline="")))
    shown = [[re.sub(r'^="(.*)"$', r"\1", cell) for cell in row] for row in rows]
    assert shown == [
        ["cds", "name", "grades", "n"],
        ["01611190000000", "Cañada", "6-8", "1"],
        ["27661590000000", "", "K-8", "2"],
    ]
    assert rows[1] == ['="01611190000000"', "Cañada", '="6-8"', "1"]
