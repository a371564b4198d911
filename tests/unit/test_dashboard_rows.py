"""Dashboard rows are typed by the distinct texts of a column; these tests check that this changes no result."""

import numpy as np
import pyarrow as pa
import pytest

from transforms.dashboard.columns import text_column
from transforms.dashboard.redundancy import load_redundancy
from transforms.dashboard.rows import entities, in_order, judge, read_columns, typed
from transforms.schema import published_tables
from transforms.settings import PROJECT

GROUPS = {"EL": "EL", "HI": "HI", "MR": "MR", "TOM": "MR"}
REPORT = {"source_id": "dashboard-ela-2024", "indicator": "ela", "dashboard_year": 2024, "file": "eladownload2024.txt"}
ROW = {
    "cds": "01500000000000",
    "rtype": "D",
    "studentgroup": "EL",
    "currdenom": "30",
    "color": "1",
    "statuslevel": "1",
    "reportingyear": "2024",
}
SIZED = {"currnsizemet": "Y"}


def work(*rows: dict[str, str]) -> tuple[list[tuple[int, str, str]], list[dict]]:
    """Return faults as (line, column, value), and the typed rows."""
    full = [ROW | row for row in rows]
    table = pa.table({name: [row.get(name, "") for row in full] for name in {n for row in full for n in row}})
    lines = np.arange(2, len(full) + 2)
    columns = read_columns(table, REPORT, GROUPS)
    judged = judge(columns, lines, REPORT, GROUPS, load_redundancy(PROJECT / "data"))
    kept = typed(
        columns, lines, in_order(columns, judged.bad), REPORT, published_tables()["indicator_results"].arrow_schema()
    )
    return [(f.line, f.column, f.value) for f in judged.faults], kept.to_pylist()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("30", 30.0),
        ("30.5", 30.5),
        (" 7 ", 7.0),
        ("1e2", 100.0),
        (".5", 0.5),
        ("+3", 3.0),
        ("", None),
        ("*", None),
        (" ", None),
    ],
)
def test_dashboard_numbers_are_read(text: str, number: float | None) -> None:
    faults, (row,) = work({"currdenom": text})
    assert faults == []
    assert row["current_denominator"] == number


@pytest.mark.parametrize("text", ["-0", "-0.0", "-.0", "-0e1"])
def test_there_is_only_one_zero(text: str) -> None:
    """A row that is replaced in a copy of the last release's rows differs from it by more than the sign of a zero."""
    _, (row,) = work({"change": text, "currstatus": text})
    assert (str(row["change"]), str(row["current_status"])) == ("0.0", "0.0")


@pytest.mark.parametrize("text", ["x", "1,000", "NaN", "inf", "-1", "1e999", "9" * 400, "0x1F", "1_000", "--1"])
def test_an_invalid_number_of_students_is_rejected(text: str) -> None:
    faults, kept = work({"currdenom": text}, {"studentgroup": "HI"})
    assert faults == [(2, "currdenom", text)]
    assert [row["student_group"] for row in kept] == ["HI"]


@pytest.mark.parametrize(
    ("column", "text"),
    [("color", "6"), ("color", "1.5"), ("statuslevel", "-1"), ("box", "99999"), ("currnsizemet", "X"), ("rtype", "")],
)
def test_a_bad_text_rejects_only_its_row(column: str, text: str) -> None:
    faults, kept = work(SIZED | {column: text}, SIZED | {"studentgroup": "HI"})
    assert faults == [(2, column, text)]
    assert len(kept) == 1


@pytest.mark.parametrize("text", ["MATH", "math", "CHRO", "ELA11"])
def test_a_row_of_another_indicator_is_rejected(text: str) -> None:
    groups = ("EL", "HI", "MR")
    faults, kept = work(*({"studentgroup": g, "indicator": text if g == "HI" else "ELA"} for g in groups))
    assert faults == [(3, "indicator", text.upper())]
    assert [row["student_group"] for row in kept] == ["EL", "MR"]


@pytest.mark.parametrize("texts", [("ELA", "ela", " ELA"), ("", "", ""), ("ELA", "", "*")])
def test_spellings_of_an_indicator_are_accepted(texts: tuple[str, ...]) -> None:
    """From 2023 on, CDE prints it in every row; before, in no row."""
    rows = ({"studentgroup": g, "indicator": t} for g, t in zip(("EL", "HI", "MR"), texts, strict=True))
    faults, kept = work(*rows)
    assert (faults, len(kept)) == ([], 3)


def test_spellings_of_a_code_are_normalized() -> None:
    faults, kept = work({"studentgroup": " tom", "rtype": "d", "color": "2.0"})
    assert faults == []
    assert (kept[0]["student_group"], kept[0]["record_type"], kept[0]["color"]) == ("MR", "D", 2)


def test_two_rows_with_the_same_key_are_both_rejected() -> None:
    faults, kept = work({"studentgroup": "TOM"}, {"studentgroup": "HI"}, {"studentgroup": "MR"})
    assert [f[:2] for f in faults] == [(2, "cds"), (4, "cds")]
    assert [row["source_line"] for row in kept] == [3]


def test_rows_come_out_by_code_and_group_with_their_lines() -> None:
    _, kept = work({"cds": "02500000000000"}, {"studentgroup": "HI"}, {})
    assert [(row["cds"], row["student_group"], row["source_line"]) for row in kept] == [
        ("01500000000000", "EL", 4),
        ("01500000000000", "HI", 3),
        ("02500000000000", "EL", 2),
    ]


def test_an_entity_has_every_flag_of_its_rows() -> None:
    table = pa.table(
        {name: [ROW.get(name, "")] * 2 for name in ROW} | {"charter_flag": ["", "Y"], "studentgroup": ["EL", "HI"]}
    )
    columns = read_columns(table, REPORT, GROUPS)
    found = entities(columns, np.arange(2), REPORT).to_pylist()
    assert [(e["cds"], e["charter_flag"]) for e in found] == [(ROW["cds"], None), (ROW["cds"], "Y")]


def test_texts_are_sorted_whatever_their_order_in_the_file() -> None:
    column = text_column(pa.chunked_array([["b", "*", "a"], ["", "b", "é"]]))
    assert column.texts.to_pylist() == ["a", "b", "é"]
    assert column.codes.tolist() == [1, -1, 0, -1, 1, 2]
